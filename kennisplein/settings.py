"""
Settings of Kennisplein: one file that reads the environment.

README.md lists every variable. `.env` beside manage.py is read when it is there; `make run` writes
one for development. Without DEBUG everything unsafe is off and every secret must be given.
"""

from datetime import date
from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000" if DEBUG else env.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The number of proxies of ours in front of the site; 0 means that X-Forwarded-For is not believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "kennisplein",
    "home",
    "forms",
    "stories",
    "publications",
    "wagtail_modeladmin",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.api.v2",
    "wagtail.api.v3",
    "wagtail_headless_preview",
    "ninja",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "publications.gone.GonePageMiddleware",  # outside the next one: a redirect comes first
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "kennisplein.urls"
WSGI_APPLICATION = "kennisplein.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# Database: PostgreSQL everywhere. Without DATABASE_URL a developer gets an embedded one.
if env("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL")}
elif DEBUG:
    from kennisplein.embedded_postgres import database_settings

    DATABASES = {"default": database_settings(LOCAL_DIR / "postgres")}
else:
    raise ImproperlyConfigured("Set DATABASE_URL: the embedded PostgreSQL is for development only.")
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# PostgreSQL would compile a long search before it runs it, which takes longer than running it.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Slow work waits in the database for `manage.py db_worker --backend background`. Wagtail's own
# indexing stays in the request: with a queue a published page would not be found until later.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}

# Files: what Wagtail serves to everyone is in MEDIA_ROOT. Documents never are: they lie in
# PRIVATE_ROOT and leave it only through the document view, which asks whether they may.
LOCAL_FILES = LOCAL_DIR if DEBUG else BASE_DIR / "files"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(LOCAL_FILES / "media"))
MEDIA_URL = "/media/"
PRIVATE_ROOT = env.path("PRIVATE_ROOT", default=str(LOCAL_FILES / "private"))
if Path(PRIVATE_ROOT).resolve().is_relative_to(Path(MEDIA_ROOT).resolve()):
    raise ImproperlyConfigured(
        "PRIVATE_ROOT must not be below MEDIA_ROOT, which everyone can read."
    )
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "collected"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
# `daily` removes files that have been here this long and that no document has.
STRAY_FILE_HOURS = env.int("STRAY_FILE_HOURS", default=24)
FILE_UPLOAD_HANDLERS = [
    "publications.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's editor sends one field per block part

# Mail: to the console in development; an operator sets EMAIL_URL, for example smtp+tls://…
if env("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(LOCAL_FILES / "mail")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
# After a failure a mail waits this long, then twice as long each time, up to the longest.
MAIL_FIRST_WAIT_SECONDS = env.int("MAIL_FIRST_WAIT_SECONDS", default=60)
MAIL_LONGEST_WAIT_SECONDS = env.int("MAIL_LONGEST_WAIT_SECONDS", default=6 * 60 * 60)
DEFAULT_FROM_EMAIL = env(
    "DEFAULT_FROM_EMAIL", default="Kennisplein Sociale basis <info@buurtwijs.nl>"
)
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"

# Headers. Public pages: nothing inline, nothing from elsewhere. The admin's policy is in urls.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "frame-src": [SELF],
    }
}
PERMISSIONS_POLICY = {
    name: []
    for name in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # wants DENY, and editors see previews in a frame
SECURE_REFERRER_POLICY = "same-origin"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Wagtail's indexing is a task at every save; two lines for each say nothing.
    "loggers": {"django_tasks": {"level": "WARNING"}},
}

# Wagtail
WAGTAIL_SITE_NAME = "Kennisplein Sociale basis"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILIMAGES_IMAGE_MODEL = "publications.CreditedImage"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp", "svg"]
WAGTAILDOCS_DOCUMENT_MODEL = "publications.LibraryDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "epub"]
WAGTAILDOCS_INLINE_CONTENT_TYPES = []
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        "SEARCH_CONFIG": "dutch",
    }
}
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILADMIN_USER_LOGIN_FORM = "home.sign_in.SignInForm"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILAPI_BASE_URL = BASE_URL
WAGTAILAPI_LIMIT_MAX = 100
TAGGIT_CASE_INSENSITIVE = True
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = True
WAGTAILAPI_RICH_TEXT_FORMAT = "html"
# The API says the same to everyone, so it takes no logins: nobody can try out passwords on it.
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
}

# Another front end that shows drafts (docs/headless.md): its address, and how long a draft may be
# read there. Without an address drafts are shown on this site only.
PREVIEW_FRONT_END = env("PREVIEW_FRONT_END", default="")
PREVIEW_SECONDS = env.int("PREVIEW_SECONDS", default=3600)
WAGTAIL_HEADLESS_PREVIEW = {"CLIENT_URLS": {"default": PREVIEW_FRONT_END}}
# How many requests with a token that is not valid one address may make per hour.
WRONG_TOKENS_PER_ADDRESS = env.int("WRONG_TOKENS_PER_ADDRESS", default=30)

# The contribution form: how many sends one address, and all together, may make per hour.
CONTRIBUTIONS_PER_ADDRESS = env.int("CONTRIBUTIONS_PER_ADDRESS", default=10)
CONTRIBUTIONS_IN_TOTAL = env.int("CONTRIBUTIONS_IN_TOTAL", default=200)
CONTRIBUTION_MINIMUM_SECONDS = env.int("CONTRIBUTION_MINIMUM_SECONDS", default=3)
CONTRIBUTION_MAX_FILE_BYTES = 20 * 1024 * 1024

# Reading from the web (publications/web.py). Certificate authorities: a file, or those of certifi.
WEB_CERTIFICATES = env("WEB_CERTIFICATES", default="")
# (address, port) pairs that may be reached although they are not public. Only tests fill it.
WEB_TEST_ENDPOINTS = frozenset()

# The quality audit: seconds to wait for one link, between two links of one host, and links a night.
AUDIT_LINK_SECONDS = env.float("AUDIT_LINK_SECONDS", default=10)
AUDIT_HOST_PAUSE_SECONDS = env.float("AUDIT_HOST_PAUSE_SECONDS", default=2)
AUDIT_LINKS_PER_RUN = env.int("AUDIT_LINKS_PER_RUN", default=3000)

# Where to report a weakness, and until when that holds: /.well-known/security.txt. A check warns in
# the last month; then look whether it is still right, and move the date.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=["mailto:info@buurtwijs.nl"])
SECURITY_TXT_EXPIRES = date.fromisoformat(env("SECURITY_TXT_EXPIRES", default="2027-10-31"))

# What may be done with the open data set, which holds what we ourselves say of publications.
OPEN_DATA_LICENCE = {
    "name": env("OPEN_DATA_LICENCE", default="CC0 1.0"),
    "address": env(
        "OPEN_DATA_LICENCE_ADDRESS",
        default="https://creativecommons.org/publicdomain/zero/1.0/deed.nl",
    ),
}

# What the contribution form looks up to fill itself in, and how often that may be asked per hour.
CROSSREF_API = env("CROSSREF_API", default="https://api.crossref.org")
DOI_RESOLVER = env("DOI_RESOLVER", default="https://doi.org")
OPEN_LIBRARY = env("OPEN_LIBRARY", default="https://openlibrary.org")
LOOKUPS_PER_ADDRESS = env.int("LOOKUPS_PER_ADDRESS", default=60)
LOOKUPS_IN_TOTAL = env.int("LOOKUPS_IN_TOTAL", default=600)
LOOKALIKES_PER_ADDRESS = env.int("LOOKALIKES_PER_ADDRESS", default=600)
LOOKUPS_AT_ONCE = env.int("LOOKUPS_AT_ONCE", default=2)  # fewer than the processes of gunicorn

"""The site with its public files, which in production the web server in front of it serves."""

from django.conf import settings
from whitenoise import WhiteNoise

from kennisplein.wsgi import application as site

application = WhiteNoise(
    site, root=settings.MEDIA_ROOT, prefix=settings.MEDIA_URL, autorefresh=True
)

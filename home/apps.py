from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = "startpagina en site"

    def ready(self):
        from home import security_txt  # noqa: F401  (registers its check)

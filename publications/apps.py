from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = "bibliotheek"

    def ready(self):
        from publications import receivers  # noqa: F401

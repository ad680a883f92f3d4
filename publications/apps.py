from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = "bibliotheek"

    def ready(self):
        from publications import receivers

        post_migrate.connect(receivers.fill_empty_search_table, sender=self)

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = "bibliotheek"

    def ready(self):
        from publications import receivers
        from publications.oai import receivers as oai_receivers

        post_migrate.connect(receivers.fill_gaps_in_search_table, sender=self)
        post_migrate.connect(oai_receivers.fill_empty_table, sender=self)

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "stories"
    verbose_name = "verhalen en artikelen"

    def ready(self):
        from wagtail.models import ReferenceIndex

        from stories import receivers  # noqa: F401
        from stories.models import ArticleLink, Author, StoryLink

        # Their viewsets do this for the admin only: commands ask too what refers to a page.
        for model in (ArticleLink, StoryLink, Author):
            ReferenceIndex.register_model(model)

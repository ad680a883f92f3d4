from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "forms"
    verbose_name = "bijdragen"

    def ready(self):
        from wagtail.models import ReferenceIndex

        from forms import receivers, writer_mail  # noqa: F401 (connects them)
        from forms.models import ContributionSubmission

        # Makes the admin say in words that a document which was sent in cannot be deleted.
        ReferenceIndex.register_model(ContributionSubmission)

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm


def checkboxes():
    """The way terms are chosen everywhere in the admin."""
    return forms.CheckboxSelectMultiple()


def dropdown():
    """The way one term is chosen. Wagtail's own chooser shows those of other vocabularies too."""
    return forms.Select()


class PublicationPageForm(WagtailAdminPageForm):
    """The editors' form. A draft may be incomplete; publishing asks the publication's own rule."""

    SOURCES = ("source_url", "doi", "isbn", "document", "organisation")

    def clean(self):
        cleaned = super().clean()
        if not self.is_deferred_validation:
            names = ("title", "kind", "summary", "pillars")
            for message in self.instance.missing(
                **{name: cleaned.get(name) for name in names},
                sources=[cleaned.get(name) for name in self.SOURCES],
            ):
                self.add_error(None, message)
        return cleaned

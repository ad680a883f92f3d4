from django import forms
from wagtail.admin.forms import WagtailAdminPageForm


def checkboxes():
    """The way terms are chosen everywhere in the admin."""
    return forms.CheckboxSelectMultiple()


def dropdown():
    """The way one term is chosen. Wagtail's own chooser shows those of other vocabularies too."""
    return forms.Select()


class SentFieldsForm(WagtailAdminPageForm):
    """
    A page form of the API, which has the fields that were sent only. Permissions of the others are
    not asked: Wagtail would look for those fields in vain.
    """

    def __init__(self, *args, **kwargs):
        permissions = self._meta.field_permissions or {}
        self._meta.field_permissions = {
            name: permission for name, permission in permissions.items() if name in self.base_fields
        }
        super().__init__(*args, **kwargs)


class PublicationPageForm(WagtailAdminPageForm):
    """The editors' form. A draft may be incomplete; publishing asks the publication's own rule."""

    SOURCES = ("source_url", "doi", "isbn", "document", "organisation")

    def clean(self):
        cleaned = super().clean()
        if not self.is_deferred_validation:
            names = ("title", "kind", "summary", "pillars")
            for message in self.instance.missing(
                **{name: self.value_of(name) for name in names},
                sources=[self.value_of(name) for name in self.SOURCES],
            ):
                self.add_error(None, message)
        return cleaned

    def value_of(self, name):
        """Return what was sent; by the API not every field is, and those stay as they are."""
        if name in self.fields:
            return self.cleaned_data.get(name)
        value = getattr(self.instance, name)
        return value.all() if hasattr(value, "all") else value

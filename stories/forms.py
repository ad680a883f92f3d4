"""The editors' own forms."""

from wagtail.admin.forms import WagtailAdminModelForm

from stories.permissions import may_link


class KnowledgeLinkForm(WagtailAdminModelForm):
    """Tie a story or article to a publication. Whoever may publish either of the two may."""

    def clean(self):
        cleaned = super().clean()
        ends = [cleaned.get("page"), cleaned.get("publication")]
        if all(ends) and not may_link(self.for_user, *ends):
            self.add_error(None, "Je mag deze twee niet verbinden: je beheert geen van beide.")
        return cleaned

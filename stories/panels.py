"""Panels of our own in the editor of an article."""

from wagtail.admin.panels import HelpPanel

from stories.models.tips import WritingTipPage
from stories.permissions import is_writer


class TipPanel(HelpPanel):
    """
    A writing tip beside the field that it is about, for writers. Editors change the tip on its own
    page, which `slug` names; without that page there is no panel.
    """

    def __init__(self, slug, **kwargs):
        kwargs.setdefault("template", "stories/admin/tip_panel.html")
        super().__init__(**kwargs)
        self.slug = slug

    def clone_kwargs(self):
        return {**super().clone_kwargs(), "slug": self.slug}

    class BoundPanel(HelpPanel.BoundPanel):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            tips = WritingTipPage.objects.live().public().filter(slug=self.panel.slug)
            self.tip = tips.first() if self.request and is_writer(self.request.user) else None

        def is_shown(self):
            return self.tip is not None

        def get_context_data(self, parent_context=None):
            return {**super().get_context_data(parent_context), "tip": self.tip}

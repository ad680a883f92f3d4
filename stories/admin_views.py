"""Beginning a story with the address where it lives."""

import logging

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from publications.web import NotReached
from stories.models import StoryIndexPage, StoryPage
from stories.story_sources import Unusable, find_or_draft, read_page, story_at

logger = logging.getLogger(__name__)


class AddressForm(forms.Form):
    address = forms.URLField(
        label="Adres van het verhaal",
        max_length=StoryPage._meta.get_field("canonical_url").max_length,
        assume_scheme="https",
        help_text="Plak het adres van de pagina op Buurtwijs. Wij vullen de titel en de alinea in.",
        error_messages={"invalid": "Plak een link die begint met https://."},
    )


class StoryFromAddress(WagtailAdminTemplateMixin, FormView):
    """
    Ask for an address, read what the page there says of itself, and open a draft with it.

    For who may add stories. An address that we have already opens the story that is there.
    """

    form_class = AddressForm
    template_name = "stories/admin/story_from_address.html"
    page_title = "Verhaal van een adres"
    header_icon = "link-external"

    def dispatch(self, request, *args, pk, **kwargs):
        self.index = get_object_or_404(StoryIndexPage, pk=pk)
        if not may_begin(request.user, self.index):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def form_valid(self, form):
        address = form.cleaned_data["address"]
        try:
            existing = story_at(address)
            card = None if existing else read_page(address)
        except NotReached as reason:
            form.add_error("address", str(reason))
            return self.form_invalid(form)
        except Unusable as reason:
            logger.info("No story read: %s", reason)
            form.add_error("address", "Op dit adres staat geen pagina met een titel.")
            return self.form_invalid(form)
        story, is_new = (
            (existing, False) if existing else find_or_draft(card, self.index, self.request.user)
        )
        if not is_new:
            messages.warning(self.request, f"We hebben dit verhaal al: ‘{story.title}’.")
            return redirect("wagtailadmin_pages:edit", story.pk)
        messages.success(
            self.request, "Het concept staat klaar. Schrijf de alinea in je eigen woorden."
        )
        return redirect("wagtailadmin_pages:edit", story.pk)


def may_begin(user, page) -> bool:
    """Tell whether this user may add a story below this page."""
    return isinstance(page, StoryIndexPage) and page.permissions_for_user(user).can_add_subpage()

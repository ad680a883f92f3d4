"""
Drafts on another front end: a second way to show a preview, once PREVIEW_FRONT_END has its address.

The other front end gets a token and asks the API for the draft. The token is signed, for one page
and one user, and says no more than who may ask what.
"""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, TimestampSigner
from django.shortcuts import render
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail_headless_preview.models import HeadlessPreviewMixin, PagePreview

ELSEWHERE = "andere-website"
signer = TimestampSigner(salt="publications.previews")


class PreviewedElsewhere(HeadlessPreviewMixin):
    """A page whose drafts another front end can show. The preview on this site stays the first."""

    @property
    def preview_modes(self):
        modes = super().preview_modes
        return [*modes, (ELSEWHERE, "Andere website")] if settings.PREVIEW_FRONT_END else modes

    def serve_preview(self, request, preview_mode):
        if preview_mode != ELSEWHERE or not settings.PREVIEW_FRONT_END:
            return super(HeadlessPreviewMixin, self).serve_preview(request, preview_mode)
        PagePreview.garbage_collect()
        preview, _ = self.update_page_preview(token_for(self, request.user))
        context = {"address": self.get_preview_url(request, preview.token)}
        show = csp_update({"frame-src": [front_end_origin()]})(render)
        return show(request, "publications/admin/preview_elsewhere.html", context)


def front_end_origin() -> str:
    address = urlsplit(settings.PREVIEW_FRONT_END)
    return f"{address.scheme}://{address.netloc}"


def token_for(page: Page, user) -> str:
    """Return a token with which `page`, as the editor has it now, may be read for `user`."""
    place = page.pk or page.get_parent().pk
    return signer.sign_object([place, bool(page.pk), page.content_type_id, user.pk])


def previewed(token: str, content_type) -> Page | None:
    """
    Return the draft that a token is for. None when it is not (or no longer) valid, is for another
    kind of page, or when the user who made it may not see the page in the admin any more.
    """
    try:
        facts = signer.unsign_object(token, max_age=settings.PREVIEW_SECONDS)
    except BadSignature:
        return None
    place, is_saved, kind, user_id = facts
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    policy = policy_registry.get_by_type(Page)
    preview = PagePreview.objects.filter(token=token, content_type=kind).first()
    if not (user and preview and kind == content_type.pk):
        return None
    if not policy.explorable_instances(user).filter(pk=place).exists():
        return None
    page = preview.as_page()
    return page if (page.pk == place if is_saved else page.pk is None) else None

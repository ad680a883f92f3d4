"""Who may do what with contributions and their mail in the admin."""

from wagtail.models import Page
from wagtail_modeladmin.helpers import PermissionHelper

from forms.models import Contribution


def may_review(user) -> bool:
    return user.has_perm("forms.change_contribution")


def may_accept_writers(user) -> bool:
    return user.has_perm("forms.change_writerrequest")


class ReadOnlyPermissions(PermissionHelper):
    """Cases are made by contributors and decided in the review view; nobody types one in."""

    def user_can_create(self, user):
        return False

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False


def why_not_delete(page) -> str:
    """Return why a page, with all below it, must stay for the sake of contributions; or nothing."""
    inside = Page.objects.descendant_of(page, inclusive=True)
    if Contribution.objects.filter(form_page__in=inside).exists():
        return (
            "Deze pagina blijft staan: er horen bijdragen bij het formulier. "
            "Haal de pagina van de site als niemand haar mag zien."
        )
    if Contribution.objects.undecided().filter(page__in=inside).exists():
        return "Deze pagina blijft staan: er horen bijdragen bij die nog in de lichte check liggen."
    return ""

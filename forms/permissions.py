"""Who may do what with contributions and their mail in the admin."""

from wagtail_modeladmin.helpers import PermissionHelper


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

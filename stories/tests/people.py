"""Users with the rights that a test needs."""

from django.contrib.auth.models import Group, Permission, User
from wagtail.models import GroupPagePermission, Page


def somebody_who_may(action: str, page: Page) -> User:
    """Return a new user who may do this, in the admin, with a page and everything below it."""
    user = User.objects.create_user(f"{action}-{page.slug}")
    group = Group.objects.create(name=user.username)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    allowed = Permission.objects.get(
        codename=f"{action}_page", content_type__app_label="wagtailcore"
    )
    GroupPagePermission.objects.create(group=group, page=page, permission=allowed)
    user.groups.add(group)
    return user

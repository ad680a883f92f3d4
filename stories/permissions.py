"""Who may see which pages in the admin, and tie stories and articles to publications."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from wagtail.models import Page
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

EXPLORING = {"change", "publish", "lock", "unlock", "bulk_delete"}


def is_editor(user) -> bool:
    """Tell whether this user may publish any page at all."""
    return policy_registry.get_by_type(Page).user_has_permission(user, "publish")


def is_writer(user) -> bool:
    """Tell whether this user may add pages but publish none."""
    policy = policy_registry.get_by_type(Page)
    return policy.user_has_permission(user, "add") and not is_editor(user)


def may_link(user, *ends) -> bool:
    """Tell whether this user may publish one of these pages. A link shows on both at once."""
    policy = policy_registry.get_by_type(Page)
    return any(policy.user_has_permission_for_instance(user, "publish", page) for page in ends)


class LinkPermissions(BasePermissionPolicy):
    """A link is public while both its ends are, so it takes the right to publish one of them."""

    def user_has_permission(self, user, action):
        return is_editor(user)

    def users_with_any_permission(self, actions):
        return policy_registry.get_by_type(Page).users_with_permission("publish")

    def user_has_permission_for_instance(self, user, action, instance):
        return may_link(user, instance.page, instance.publication)


class OwnPagesPolicy(PagePermissionPolicy):
    """
    Wagtail's rule for pages, with one difference: the right to add pages somewhere is no right to
    see what others add there. Whoever has no more than that, a writer, meets the section itself
    and their own pages. Everything in the admin that lists or opens pages asks this one policy.
    """

    def explorable_instances(self, user):
        explorable = super().explorable_instances(user)
        if not user.is_active or user.is_superuser:
            return explorable
        # Without “add” Wagtail takes ownership for it.
        own = self.instances_user_has_any_permission_for(user, EXPLORING)
        return explorable.filter(Q(pk__in=own.values("pk")) | Q(path__in=self.roads(user)))

    def roads(self, user) -> set[str]:
        """Return the paths of the sections in which a user may do something, and of all above."""
        paths = [permission.page.path for permission in self.get_cached_permissions_for_user(user)]
        step = self.model.steplen
        return {path[:end] for path in paths for end in range(step, len(path) + 1, step)}

    def may_explore(self, user, page) -> bool:
        """Tell whether a user may see this page in the admin, drafts and all."""
        return self.explorable_instances(user).filter(pk=page.pk).exists()


def refuse_unless_explorable(user, page) -> None:
    """Raise PermissionDenied when this user has nothing to do with `page` in the admin."""
    if not policy_registry.get_by_type(Page).may_explore(user, page):
        raise PermissionDenied

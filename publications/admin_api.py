"""Files in the API of the admin: Wagtail's own shows all of them to whoever may log in."""

from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry


class OwnFiles:
    """Only what somebody may choose or change in the admin."""

    def get_queryset(self):
        policy = policy_registry.get_by_type(self.model)
        allowed = policy.instances_user_has_any_permission_for(
            self.request.user, ["choose", "change", "delete"]
        )
        return super().get_queryset().filter(pk__in=allowed.values("pk"))


class OwnDocumentsViewSet(OwnFiles, DocumentsAdminAPIViewSet):
    pass


class OwnImagesViewSet(OwnFiles, ImagesAdminAPIViewSet):
    pass

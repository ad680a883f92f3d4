"""The editors' menu for people: personal data, colleagues, the manual."""

from django.urls import path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from forms.permissions import may_review
from home.handover import may_hand_over
from home.manual import manual, manual_picture
from home.personal_data.person import may_erase
from home.privacy_views import colleagues, handover, privacy


@hooks.register("register_admin_urls")
def people_urls():
    return [
        path("privacy/", privacy, name="privacy"),
        path("collegas/", colleagues, name="colleagues"),
        path("collegas/<int:pk>/", handover, name="handover"),
        path("handleiding/", manual, name="manual"),
        path("handleiding/<str:name>", manual_picture, name="manual_picture"),
    ]


class PrivacyItem(MenuItem):
    def is_shown(self, request):
        return may_erase(request.user)


class ColleaguesItem(MenuItem):
    def is_shown(self, request):
        return may_hand_over(request.user)


@hooks.register("register_settings_menu_item")
def privacy_item():
    return PrivacyItem("Privacy", reverse_lazy("privacy"), name="privacy", icon_name="lock")


@hooks.register("register_settings_menu_item")
def colleagues_item():
    url = reverse_lazy("colleagues")
    return ColleaguesItem("Collega’s", url, name="collegas", icon_name="group")


class ManualItem(MenuItem):
    def is_shown(self, request):
        return may_review(request.user)


@hooks.register("register_admin_menu_item")
def manual_item():
    url = reverse_lazy("manual")
    return ManualItem("Handleiding", url, name="handleiding", icon_name="help", order=9000)

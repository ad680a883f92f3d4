"""The editors' menu for links, who may use it, and the way to begin with an address."""

from django.urls import path, reverse, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from stories.admin_views import StoryFromAddress, may_begin
from stories.link_views import ArticleLinkViewSet, StoryLinkViewSet
from stories.models import ArticleLink, Author, StoryLink
from stories.page_views import PagesViewSet
from stories.permissions import LinkPermissions, OwnPagesPolicy, is_writer
from stories.worklists import KnowledgeWithoutStoryViewSet, StoryWithoutKnowledgeViewSet
from stories.writer_desk import OwnArticlesPanel, new_article, new_article_address

register_permission_policy(Page, OwnPagesPolicy())
register_permission_policy(StoryLink, LinkPermissions(StoryLink))
register_permission_policy(ArticleLink, LinkPermissions(ArticleLink))


class AuthorViewSet(SnippetViewSet):
    model = Author
    icon = "user"
    menu_label = "Auteurs"
    menu_order = 165
    add_to_admin_menu = True
    list_display = ["name", "role", "consent_by", "consent_on"]
    search_fields = ["name", "role"]
    search_backend_name = None


register_snippet(AuthorViewSet)


class LinksGroup(ViewSetGroup):
    menu_label = "Verbanden"
    menu_icon = "link"
    menu_order = 160
    items = (
        KnowledgeWithoutStoryViewSet,
        StoryWithoutKnowledgeViewSet,
        StoryLinkViewSet,
        ArticleLinkViewSet,
    )


@hooks.register("register_admin_viewset")
def links_viewsets():
    return LinksGroup()


WRITERS_MENU = {"explorer", "nieuw-artikel", "images"}


class NewArticleItem(MenuItem):
    def is_shown(self, request):
        return is_writer(request.user) and bool(new_article_address())


@hooks.register("register_admin_menu_item")
def new_article_item():
    url = reverse_lazy("new_article")
    return NewArticleItem("Nieuw artikel", url, name="nieuw-artikel", icon_name="edit", order=50)


@hooks.register("construct_main_menu")
def only_what_a_writer_needs(request, menu_items):
    if is_writer(request.user):
        menu_items[:] = [item for item in menu_items if item.name in WRITERS_MENU]


@hooks.register("construct_homepage_panels")
def only_own_articles(request, panels):
    if is_writer(request.user):
        panels[:] = [OwnArticlesPanel()]


@hooks.register("construct_homepage_summary_items", order=1000)  # after those that add to it
def no_counts_of_the_whole_site(request, summary_items):
    if is_writer(request.user):
        summary_items.clear()


@hooks.register("register_admin_viewset")
def pages_viewset():
    return PagesViewSet()


@hooks.register("register_admin_urls")
def story_urls():
    view = StoryFromAddress.as_view()
    return [
        path("verhalen/<int:pk>/van-een-adres/", view, name="story_from_address"),
        path("artikelen/nieuw/", new_article, name="new_article"),
    ]


@hooks.register("register_page_header_buttons")
def begin_with_an_address(page, user, view_name, next_url=None):
    if may_begin(user, page):
        url = reverse("story_from_address", args=[page.pk])
        yield Button("Verhaal van een adres", url, icon_name="link-external", priority=5)

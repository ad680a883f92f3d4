"""What a writer meets in the admin: their own articles, and the way to a new one."""

from django.http import Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.admin.ui.components import Component

from stories.models import ArticleIndexPage, ArticlePage

SHOWN = 50


def new_article_address() -> str:
    """Return where a new article begins, or nothing while the site has no place for articles."""
    index = ArticleIndexPage.objects.first()
    args = index and ["stories", "articlepage", index.pk]
    return reverse("wagtailadmin_pages:add", args=args) if index else ""


def new_article(request):
    """Lead to the editor, which asks whether this user may write there."""
    address = new_article_address()
    if not address:
        raise Http404("The site has no page for articles.")
    return redirect(address)


class OwnArticlesPanel(Component):
    """On a writer's dashboard, and the only thing there."""

    order = 10

    def render_html(self, parent_context):
        user = parent_context["request"].user
        articles = ArticlePage.objects.filter(owner=user).prefetch_workflow_states()
        articles = articles.annotate_approved_schedule().defer_streamfields()
        context = {
            "articles": list(articles.order_by("-latest_revision_created_at")[:SHOWN]),
            "add_url": new_article_address(),
        }
        return render_to_string("stories/admin/own_articles.html", context)

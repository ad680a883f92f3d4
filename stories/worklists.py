"""The editors' worklists: knowledge without a story and stories without knowledge."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from publications.models import PublicationPage, Term, Vocabulary
from publications.paging import paged
from publications.search_alike import most_alike
from stories.forms import KnowledgeLinkForm
from stories.link_views import number_in
from stories.models import DismissedPair, StoryLink, StoryPage
from stories.permissions import is_editor, may_link

PARTNERS = 5
LinkForm = modelform_factory(
    StoryLink, form=KnowledgeLinkForm, fields=["page", "publication", "relation", "why"]
)
TERM_LISTS = ("pillars", "facilities", "actors", "themes")


class Worklist(WagtailAdminTemplateMixin, TemplateView):
    """
    Public pages that nothing is tied to, each with its likeliest partners.

    A POST ties two of them together, with a reason, or puts the proposal away for good. A page
    with any link is done here, also while that link's other end is not public yet.
    """

    template_name = "stories/admin/worklist.html"
    header_icon = "link"
    listed = partners = None  # page types
    relation = ""  # from a listed page to its links
    done = ""

    def dispatch(self, request, *args, **kwargs):
        if not is_editor(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def post(self, request, *args, **kwargs):
        ends = [
            get_object_or_404(model, pk__in=number_in(request.POST.get(name, "")))
            for name, model in (("page", StoryPage), ("publication", PublicationPage))
        ]
        if not may_link(request.user, *ends):
            raise PermissionDenied
        if request.POST.get("wat") == "weg":
            DismissedPair.objects.get_or_create(
                story=ends[0], publication=ends[1], defaults={"dismissed_by": request.user}
            )
            messages.success(
                request, f"‘{ends[0]}’ en ‘{ends[1]}’ stellen we niet meer samen voor."
            )
            return redirect(request.get_full_path())
        form = LinkForm(request.POST, for_user=request.user)
        if form.is_valid() and saved(form):
            messages.success(request, f"‘{ends[0]}’ en ‘{ends[1]}’ horen nu bij elkaar.")
            return redirect(request.get_full_path())
        for errors in form.errors.values():
            messages.error(request, " ".join(errors))
        return self.get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        pillars = Term.objects.filter(vocabulary=Vocabulary.PILLAR).current()
        chosen = Term.objects.named(Vocabulary.PILLAR, [self.request.GET.get("pijler", "")])
        pages = self.listed.objects.live().public().filter(**{self.relation: None})
        if chosen:
            pages = pages.filter(pillars=chosen[0])
        page = paged(self.in_order(pages.prefetch_related(*TERM_LISTS)), self.request)
        page.object_list = list(page.object_list)
        return {
            **context,
            "rows": self.rows(page.object_list),
            "page": page,
            "pillars": pillars,
            "chosen": chosen[0] if chosen else None,
            "relations": StoryLink.Relation.choices,
            "typed": self.request.POST,
            "done": self.done,
            "partner_name": f"een {self.partners._meta.verbose_name}",
        }

    def rows(self, pages) -> list[dict]:
        """Return each page with its likeliest partners and the terms they share."""
        pairs = DismissedPair.objects.filter(**{f"{self.name_of(self.listed)}__in": pages})
        without = pairs.values_list(
            *(f"{self.name_of(m)}_id" for m in (self.listed, self.partners))
        )
        alike = most_alike(
            [page.pk for page in pages], self.partners, without=without, count=PARTNERS
        )
        ids = {pk for partners in alike.values() for pk in partners}
        partners = self.partners.objects.live().public().prefetch_related(*TERM_LISTS).in_bulk(ids)
        return [
            {
                "page": page,
                "add_url": self.add_url(page),
                "partners": [
                    {"page": partners[pk], "shared": shared_terms(page, partners[pk])}
                    | self.ends(page, partners[pk])
                    for pk in alike[page.pk]
                    if pk in partners
                ],
            }
            for page in pages
        ]

    @staticmethod
    def name_of(model) -> str:
        return "story" if model is StoryPage else "publication"

    def ends(self, page, partner) -> dict:
        story, publication = (partner, page) if self.partners is StoryPage else (page, partner)
        typed = [self.request.POST.get("page"), self.request.POST.get("publication")]
        is_typed = typed == [str(story.pk), str(publication.pk)]
        return {"story": story, "publication": publication, "is_typed": is_typed}

    def add_url(self, page) -> str:
        """Return the form of a link, for a partner that is not among the proposals."""
        name = "page" if self.listed is StoryPage else "publication"
        query = urlencode({name: page.pk, "next": self.request.get_full_path()})
        return f"{reverse('storylink:add')}?{query}"


def saved(form) -> bool:
    """Save a link. Return False when somebody else just made the same one."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error(None, "Dit verband is er al.")
        return False
    return True


def shared_terms(page, other) -> list[str]:
    terms = [
        {term.pk: term.label for n in TERM_LISTS for term in getattr(p, n).all()}
        for p in (page, other)
    ]
    return [label for pk, label in terms[0].items() if pk in terms[1]]


class KnowledgeWithoutStory(Worklist):
    page_title = "Kennis zonder verhaal"
    listed, partners = PublicationPage, StoryPage
    relation = "links_from_stories"
    done = "Bij elke publicatie hoort een verhaal. Mooi!"

    def in_order(self, pages):
        return pages.select_related("kind").newest_first()


class StoryWithoutKnowledge(Worklist):
    page_title = "Verhalen zonder kennis"
    listed, partners = StoryPage, PublicationPage
    relation = "publication_links"
    done = "Bij elk verhaal hoort een publicatie. Mooi!"

    def in_order(self, pages):
        return pages.order_by("-first_published_at", "-pk").defer_streamfields()


class EditorsMenuItem(MenuItem):
    def is_shown(self, request):
        return is_editor(request.user)


class WorklistViewSet(ViewSet):
    """One worklist in the menu."""

    menu_item_class = EditorsMenuItem
    view_class = None

    @property
    def menu_label(self):
        return self.view_class.page_title

    def get_urlpatterns(self):
        return [path("", self.view_class.as_view(), name="index")]


class KnowledgeWithoutStoryViewSet(WorklistViewSet):
    name = "kennis-zonder-verhaal"
    icon = "doc-empty"
    view_class = KnowledgeWithoutStory


class StoryWithoutKnowledgeViewSet(WorklistViewSet):
    name = "verhalen-zonder-kennis"
    icon = "doc-empty-inverse"
    view_class = StoryWithoutKnowledge

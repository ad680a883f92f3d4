"""The editors' lists of terms and keywords: how often each is used, renaming, and merging."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import FormView
from taggit.models import Tag
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from publications.merging import changes_of, merge_keywords, merge_terms, rename_keyword
from publications.models import Term, Vocabulary
from publications.models.terms import with_uses


class TermPermissions(ModelPermissionPolicy):
    """Editors rename and merge terms. Nobody deletes one: old drafts and addresses hold it."""

    forbidden = {"delete"}

    def user_has_permission(self, user, action):
        return action not in self.forbidden and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, set(actions) - self.forbidden)


class KeywordPermissions(TermPermissions):
    """Keywords come by themselves, when somebody gives one to a page."""

    forbidden = {"add", "delete"}


class UsesColumn(Column):
    """How often something is used; nothing for what was merged away."""

    def get_value(self, instance):
        return "" if getattr(instance, "merged_into_id", None) else instance.uses


class CountedIndexView(IndexView):
    def get_base_queryset(self):
        return with_uses(super().get_base_queryset())


class TermViewSet(SnippetViewSet):
    model = Term
    icon = "tag"
    menu_label = "Termen"
    index_view_class = CountedIndexView
    list_display = [
        "label",
        "vocabulary",
        UsesColumn("uses", label="Gebruikt", sort_key="uses"),
        "slug",
        "merged_into",
    ]
    list_filter = ["vocabulary"]
    search_fields = ["label", "alternative_labels", "slug"]


class KeywordForm(forms.ModelForm):
    class Meta:
        model = Tag
        fields = ["name"]
        labels = {"name": "Trefwoord"}

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        others = Tag.objects.exclude(pk=self.instance.pk)
        if not name or others.filter(name__iexact=name).exists():
            raise ValidationError("Dit trefwoord is er al. Voeg de twee samen.")
        return name


class KeywordEditView(EditView):
    def save_instance(self):
        """Rename it. Wagtail would save the new name only, and the old one would find nothing."""
        name = self.form.cleaned_data["name"]
        keyword = Tag.objects.get(pk=self.object.pk)
        rename_keyword(keyword, name)
        return keyword


class KeywordViewSet(SnippetViewSet):
    model = Tag
    icon = "tag"
    menu_label = "Trefwoorden"
    url_prefix = "trefwoorden"
    url_namespace = "keywords"
    index_view_class = CountedIndexView
    edit_view_class = KeywordEditView
    list_display = ["name", UsesColumn("uses", label="Gebruikt", sort_key="uses"), "slug"]
    search_fields = ["name"]
    ordering = ["name"]
    form_class = KeywordForm
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return KeywordForm


class MergeView(WagtailAdminTemplateMixin, FormView):
    """
    Merging one into another, in two steps: choose which, then see what changes and say yes. What
    was chosen is in the address of the second step, so that going back is safe.
    """

    template_name = "publications/admin/merge.html"
    header_icon = "tag"
    permission = ""

    def dispatch(self, request, pk, *args, **kwargs):
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        self.old = self.get_old(pk)
        self.list_url = reverse(type(self.old).snippet_viewset.get_url_name("list"))
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return f"‘{self.old}’ samenvoegen"

    def get_breadcrumbs_items(self):
        name = str(self.old._meta.verbose_name_plural).capitalize()
        return [
            *super().get_breadcrumbs_items(),
            {"url": self.list_url, "label": name},
            {"url": "", "label": "Samenvoegen"},
        ]

    def get_form_class(self):
        others = self.others()

        class TargetForm(forms.Form):
            met = forms.ModelChoiceField(others, label="Samenvoegen met", empty_label="Kies")

        return TargetForm

    def get_form_kwargs(self):
        """Read the address: what is chosen there is what a POST does."""
        return {"data": self.request.GET if "met" in self.request.GET else None}

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if not form.is_valid():
            return self.get(request)
        new = form.cleaned_data["met"]
        try:
            self.merge(new)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return self.get(request)
        messages.success(request, f"‘{self.old}’ is nu deel van ‘{new}’.")
        return redirect(self.list_url)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        if form.is_bound and form.is_valid():
            context["new"] = form.cleaned_data["met"]
            context["changes"] = changes_of(self.old)
        return {**context, "old": self.old, "list_url": self.list_url}


class MergeTermView(MergeView):
    permission = "publications.change_term"

    def get_old(self, pk):
        """Pillars stay: there are four of them, and each has a page of its own."""
        terms = Term.objects.current().exclude(vocabulary=Vocabulary.PILLAR)
        return get_object_or_404(terms, pk=pk)

    def others(self):
        same = Term.objects.current().filter(vocabulary=self.old.vocabulary)
        return same.exclude(pk=self.old.pk)

    def merge(self, new):
        merge_terms(self.old, new)


class MergeKeywordView(MergeView):
    permission = "taggit.change_tag"

    def get_old(self, pk):
        return get_object_or_404(Tag, pk=pk)

    def others(self):
        return Tag.objects.exclude(pk=self.old.pk).order_by("name")

    def merge(self, new):
        try:
            merge_keywords(self.old, new)
        except Tag.DoesNotExist:  # somebody else was first
            raise Http404 from None


def merge_button(snippet, user, next_url=None):
    """Yield the way to the merge screen, for `register_snippet_listing_buttons`."""
    if isinstance(snippet, Term):
        is_there = not snippet.merged_into_id and snippet.vocabulary != Vocabulary.PILLAR
        if is_there and user.has_perm(MergeTermView.permission):
            yield Button(
                "Samenvoegen", reverse("merge_term", args=[snippet.pk]), icon_name="resubmit"
            )
    elif isinstance(snippet, Tag) and user.has_perm(MergeKeywordView.permission):
        yield Button(
            "Samenvoegen", reverse("merge_keyword", args=[snippet.pk]), icon_name="resubmit"
        )

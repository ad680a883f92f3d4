"""Panels of our own in the page editor."""

from django.urls import reverse
from wagtail.admin.panels import Panel
from wagtail.permissions import policy_registry

from publications.duplicates import all_duplicates, description_of
from publications.quality import advice_on_draft


class LinksPanel(Panel):
    """
    What is tied to this page by records that are not part of its drafts, with buttons to their own
    forms. `relations` are reverse relations whose records have `other_end(page)` and a viewset
    named after their model.
    """

    def __init__(self, relations, **kwargs):
        super().__init__(**kwargs)
        self.relations = relations

    def clone_kwargs(self):
        return {**super().clone_kwargs(), "relations": self.relations}

    class BoundPanel(Panel.BoundPanel):
        template_name = "publications/admin/links_panel.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            context["is_new"] = self.instance.pk is None
            context["here"] = (
                ""
                if context["is_new"]
                else reverse("wagtailadmin_pages:edit", args=[self.instance.pk])
            )
            relations = [] if context["is_new"] else self.panel.relations
            context["groups"] = [self.group(relation) for relation in relations]
            return context

        def group(self, name: str) -> dict:
            """Return the links of one relation, and whether this user may make another."""
            relation = self.instance._meta.get_field(name)
            model, page, user = relation.related_model, self.instance, self.request.user
            policy = policy_registry.get_by_type(model)
            pages = policy_registry.get_by_type(type(page))
            is_mine = pages.user_has_permission_for_instance(user, "publish", page)
            links = self.shown(getattr(page, name).select_related("page", "publication"))
            add_url = reverse(f"{model._meta.model_name}:add")
            return {
                "name": model._meta.verbose_name,
                "add_url": f"{add_url}?{relation.field.name}={page.pk}",
                "may_add": is_mine,
                "links": [
                    {
                        "link": link,
                        "other": link.other_end(page),
                        "may_change": is_mine
                        or policy.user_has_permission_for_instance(user, "change", link),
                        "edit_url": reverse(f"{model._meta.model_name}:edit", args=[link.pk]),
                        "delete_url": reverse(f"{model._meta.model_name}:delete", args=[link.pk]),
                    }
                    for link in links
                ],
            }

        def shown(self, links) -> list:
            """Return the links to what everyone may see, or this user may change."""
            others = {link: link.other_end(self.instance) for link in links}
            if not others:
                return []
            model = type(next(iter(others.values())))
            public = model.objects.live().public().filter(pk__in=[o.pk for o in others.values()])
            public, user = set(public.values_list("pk", flat=True)), self.request.user
            may = policy_registry.get_by_type(model).user_has_permission_for_instance
            return [
                link
                for link, other in others.items()
                if other.pk in public or may(user, "change", other)
            ]


class DuplicatesPanel(Panel):
    """Shows the editor what the library has already, as the page was opened and while typing."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "publications/admin/duplicates_panel.html"

        class Media:
            js = ["js/admin-duplicates.js"]

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            page = self.instance
            context["is_new"] = page.pk is None
            context["duplicates"] = (
                all_duplicates(description_of(page), apart_from=page.pk) if page.pk else []
            )
            return context


class QualityPanel(Panel):
    """“Wat mist er nog?”: what publishing asks for and what the audit would say, while typing."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "publications/admin/quality_panel.html"

        class Media:
            css = {"all": ["css/admin-quality.css"]}
            js = ["js/admin-quality.js"]

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            page = self.instance
            context["advice"] = advice_on_draft(page)
            context["may_change"] = self.request.user.has_perm("publications.change_finding")
            context["next"] = page.pk and reverse("wagtailadmin_pages:edit", args=[page.pk])
            context["record"] = getattr(page, "audit_record", None) if page.pk else None
            return context

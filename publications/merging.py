"""Merging terms and keywords: what would change, and doing it without breaking an address."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from taggit.models import CommonGenericTaggedItemBase, Tag
from wagtail.models import Page, Revision

from publications.models import FormerKeyword, SynonymGroup, Term
from publications.models.terms import holders_of

EXAMPLES = 10


@dataclass(frozen=True)
class Change:
    """Some records that hold what goes: of one kind, how many, and the first of them."""

    label: str
    count: int
    examples: list


def changes_of(old: Term | Tag) -> list[Change]:
    """
    Return what holds a term or a keyword, by kind, whichever app it belongs to: pages, other
    records, drafts, the words of a merged term, and who follows a list with it.
    """
    changes = [
        *changes_of_records(old),
        count_of("Concepten en eerdere versies", drafts_of(old)),
    ]
    if isinstance(old, Term):
        changes.append(listed("Eerder hiermee samengevoegd", old.merged_terms.all()))
        # Any model that keeps addresses of lists says itself which of them name a term.
        for model in apps.get_models():
            if hasattr(model, "naming_in_address"):
                found = model.naming_in_address(old.vocabulary, old.slug)
                changes.append(count_of(str(model._meta.verbose_name_plural).capitalize(), found))
    return [change for change in changes if change.count]


def changes_of_records(old: Term | Tag) -> list[Change]:
    ids_of: dict[type, set] = {}
    for relation in holders_of(type(old)):
        rows = relation.related_model._base_manager.filter(**{relation.field.name: old})
        if issubclass(relation.related_model, CommonGenericTaggedItemBase):
            for pk, kind in rows.values_list("object_id", "content_type"):
                holder = ContentType.objects.get_for_id(kind).model_class()
                ids_of.setdefault(holder, set()).add(pk)
            continue
        holder, name = holder_of(relation)
        ids_of.setdefault(holder, set()).update(rows.values_list(name, flat=True))
    return [
        listed(str(holder._meta.verbose_name_plural).capitalize(), holder._base_manager, ids)
        for holder, ids in ids_of.items()
    ]


def holder_of(relation) -> tuple[type, str]:
    """
    Return the model that people would say holds it, and the field with its key: the page, rather
    than the row that ties it to a term or keyword.
    """
    model = relation.related_model
    for field in model._meta.fields:
        if field.related_model and field is not relation.field:
            is_row = model._meta.auto_created or field.name == "content_object"
            if is_row or issubclass(field.related_model, Page):
                return field.related_model, field.attname
    return model, "pk"


def listed(label: str, records, ids=None) -> Change:
    records = records.all() if ids is None else records.filter(pk__in=ids)
    return Change(
        label, records.count(), [linked(one) for one in records.order_by("pk")[:EXAMPLES]]
    )


def count_of(label: str, records) -> Change:
    return Change(label, records.count(), [])


def linked(record) -> tuple[str, str]:
    """Return a record's name, and where editors find it."""
    if not isinstance(record, Page):
        return str(record), ""
    try:
        return str(record), reverse("wagtailadmin_pages:edit", args=[record.pk])
    except NoReverseMatch:
        return str(record), ""


def drafts_of(old: Term | Tag):
    if isinstance(old, Term):
        return old.drafts()
    return Revision.objects.filter(content__tagged_keywords__contains=[{"tag": old.pk}])


@transaction.atomic
def merge_terms(old: Term, new: Term) -> None:
    """
    Let everything that holds `old` hold `new`. Its row stays, and so do all addresses with it.

    Raise ValidationError when these two cannot be merged.
    """
    old = Term.objects.select_for_update().get(pk=old.pk)
    old.merged_into = new
    old.full_clean()
    old.save()


@transaction.atomic
def merge_keywords(old: Tag, new: Tag) -> None:
    """
    Let everything that holds `old` hold `new`, each once. Drafts follow when they are read, and
    who searches for the old word finds the new one.
    """
    Tag.objects.select_for_update().get(pk=old.pk)
    for relation in holders_of(Tag):
        move_rows(relation, old, new)
    FormerKeyword.objects.filter(tag=old).update(tag=new)
    FormerKeyword.objects.update_or_create(old_id=old.pk, defaults={"name": old.name, "tag": new})
    remember_words(old.name, new.name)
    old.delete()
    new.save()  # its receivers bring search and the harvesters’ records up to date


def move_rows(relation, old: Tag, new: Tag) -> None:
    """Give the rows of `old` to `new`, and drop those of whatever has both."""
    name = relation.field.name
    keys = [f.attname for f in relation.related_model._meta.fields if not f.primary_key]
    keys.remove(relation.field.attname)
    rows = relation.related_model._base_manager
    there = set(rows.filter(**{name: new}).values_list(*keys))
    for row in rows.filter(**{name: old}):
        if tuple(getattr(row, key) for key in keys) in there:
            row.delete()
        else:
            rows.filter(pk=row.pk).update(**{name: new})


@transaction.atomic
def rename_keyword(keyword: Tag, name: str) -> None:
    """Give a keyword another name. Its slug stays; who searches for the old name finds it."""
    before, keyword.name = keyword.name, name
    keyword.save(update_fields=["name"])
    remember_words(before, name)


def remember_words(before: str, now: str) -> None:
    """
    Let whoever searches for the old word find the new one, unless they differ in capitals only.
    Words that led to the old one lead to the new one from now on.
    """
    if before.casefold() == now.casefold():
        return
    groups = groups_with(before)
    for group in groups or groups_with(now)[:1]:
        words = [word.strip() for word in group.words.splitlines()]
        there = set(map(str.casefold, words))
        words += [word for word in (now, before) if word.casefold() not in there]
        group.words = "\n".join(words)
        group.save()
    if not groups and not groups_with(before):
        SynonymGroup.objects.create(words=f"{now}\n{before}")


def groups_with(word: str) -> list[SynonymGroup]:
    pattern = rf"(^|\n)\s*{re.escape(word)}\s*(\r?\n|$)"
    return list(SynonymGroup.objects.filter(words__iregex=pattern))

"""Writers and the quality of the library: the audit, merging and keywords are for editors."""

import pytest
from django.urls import reverse
from taggit.models import Tag

from forms.tests.factories import browser_of, make_writer, told
from publications.models import AuditRecord, AuditRun, Finding, Term
from publications.tests.factories import add_publication, make_term

pytestmark = pytest.mark.django_db

SECRET = "kanarie"


def routes(page, finding, terms, keywords) -> list[str]:
    """Return every address of the audit, of merging and of the lists of words."""
    lists = [
        reverse(model.snippet_viewset.get_url_name(name), args=args)
        for model, one in ((Term, terms[0]), (Tag, keywords[0]))
        for name, args in (
            ("list", []),
            ("list_results", []),
            ("add", []),
            ("edit", [one.pk]),
            ("delete", [one.pk]),
            ("usage", [one.pk]),
            ("history", [one.pk]),
        )
    ]
    bulk = [
        reverse("wagtail_bulk_action", args=["publications", "finding", name])
        for name in ("negeren", "terughalen", "nog-actueel")
    ]
    return [
        *lists,
        *(f"{address}?id={finding.pk}" for address in bulk),
        reverse("audit_report"),
        reverse("audit_report_results"),
        reverse("audit_report") + "?export=csv",
        reverse("audit_now"),
        reverse("publication_audit", args=[page.pk]),
        reverse("publication_still_holds", args=[page.pk]),
        reverse("publication_quality") + f"?page={page.pk}",
        reverse("merge_term", args=[terms[0].pk]) + f"?met={terms[1].pk}",
        reverse("merge_keyword", args=[keywords[0].pk]) + f"?met={keywords[1].pk}",
    ]


def test_writer_sees_and_does_nothing_of_the_audit_merging_and_keywords():
    page = add_publication(title=f"{SECRET} publicatie")
    finding = Finding.objects.create(publication=page, kind="licentie", detail=SECRET)
    slugs = (f"{SECRET}-een", f"{SECRET}-twee")
    terms = [make_term(vocabulary="voorziening", slug=slug) for slug in slugs]
    keywords = [Tag.objects.create(name=slug, slug=slug) for slug in slugs]
    browser = browser_of(make_writer())
    seen = []

    for address in routes(page, finding, terms, keywords):
        for send in (browser.get, browser.post):
            response = send(address, {"name": "gekaapt"} if send == browser.post else {})
            shown = response.content.decode() + "".join(told(response))
            if response.status_code not in (302, 403, 404, 405) or SECRET in shown:
                seen.append((address, send.__name__, response.status_code))

    assert seen == []
    assert sorted(Tag.objects.values_list("name", flat=True)) == sorted(slugs)
    assert not Term.objects.exclude(merged_into=None).exists()
    assert Finding.objects.get().dismissed_at is None
    assert not AuditRun.objects.exists()
    assert not AuditRecord.objects.exists()

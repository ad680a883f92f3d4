"""
A reading list: publications that somebody marked. The list is in the address, `?publicaties=12,7`.

Which they are is kept in the browser alone (static/js/reading-list.js). An address shows the same
list to whoever opens it, without a script, and holds nothing about who made it.
"""

import re

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from publications.exchange.exports import EXPORTS, as_file
from publications.models import PublicationPage

PARAMETER = "publicaties"
MOST = 100
NUMBER = re.compile(r"[0-9]{1,9}")  # what the database takes for a key


def chosen_numbers(request) -> list[int]:
    """Return the numbers in the address, each once and in that order; no more than fit."""
    parts = request.GET.get(PARAMETER, "")[: MOST * 10].split(",")
    return list(dict.fromkeys(int(part) for part in parts if NUMBER.fullmatch(part)))[:MOST]


def public_numbers(numbers: list[int]) -> list[int]:
    """Return those that are a publication which everyone may see."""
    public = PublicationPage.objects.live().public().filter(pk__in=numbers)
    found = set(public.values_list("pk", flat=True))
    return [number for number in numbers if number in found]


@require_safe
def reading_list(request):
    """Show the list in the address; without one, tell how to make it."""
    numbers = chosen_numbers(request)
    shown = PublicationPage.objects.live().public().filter(pk__in=numbers).for_cards()
    by_number = {publication.pk: publication for publication in shown}
    publications = [by_number[number] for number in numbers if number in by_number]
    counts = PublicationPage.objects.all().story_counts(by_number)
    for publication in publications:
        publication.story_count = counts.get(publication.pk, 0)
    listed = ",".join(str(publication.pk) for publication in publications)
    query = f"?{PARAMETER}={listed}" if listed else ""
    context = {
        "publications": publications,
        "missing": len(numbers) - len(publications),
        "is_asked": bool(numbers),
        "query": query,
        "list_address": settings.BASE_URL + reverse("reading_list") + query,
        "most": MOST,
    }
    return render(request, "home/reading_list.html", context)


@require_safe
def reading_list_export(request, ending: str):
    """Answer with the list in the address as a file."""
    if ending not in EXPORTS:
        raise Http404
    return as_file(public_numbers(chosen_numbers(request)), ending)

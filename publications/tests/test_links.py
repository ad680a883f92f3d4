"""The links of publications, tried against a real server that is also at its worst."""

import socket
import time
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from publications.models import AuditRun, Finding, LinkCheck
from publications.tests.factories import add_publication
from publications.tests.web_server import web_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings):
    settings.AUDIT_HOST_PAUSE_SECONDS = 0
    settings.AUDIT_LINK_SECONDS = 1


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        yield server


def linked(address, **fields):
    return add_publication(title=f"Achter {address}"[:200], source_url=address, **fields)


def audit() -> None:
    call_command("audit", stdout=StringIO())


def days_pass(days: float) -> None:
    """Let everything that was noted of links be this much longer ago."""
    for link in LinkCheck.objects.all():
        for name in ("checked_at", "first_failed_at", "last_failed_at"):
            moment = getattr(link, name)
            setattr(link, name, moment and moment - timedelta(days=days))
        link.save()


def state() -> str:
    return LinkCheck.objects.get().state


def findings() -> list[tuple[str, str]]:
    links = Finding.objects.filter(kind__startswith="link")
    return list(links.order_by("kind").values_list("kind", "detail"))


def test_good_link_is_asked_politely_and_only_once(web, settings):
    settings.BASE_URL = "https://kennisplein.example.org"
    linked(web.page("/rapport", "hier"))

    audit()
    audit()

    assert (state(), findings()) == ("goed", [])
    assert web.requests == ["HEAD /rapport"]
    assert web.headers[0]["User-Agent"].startswith("Kennisplein/1.0 (+https://kennisplein.example")
    days_pass(7)
    audit()
    assert web.requests == ["HEAD /rapport"] * 2


def test_get_is_tried_when_head_is_refused_and_reads_no_body(web):
    web.endless_body("/groot")
    answer = web.answers["/groot"]

    def only_get(handler):
        if handler.command == "HEAD":
            handler.send_error(405)
        else:
            answer(handler)

    web.answers["/groot"] = only_get
    linked(web.url("/groot"))

    audit()

    assert state() == "goed"
    assert web.requests == ["HEAD /groot", "GET /groot"]


@pytest.mark.parametrize("status", [404, 410, 500])
def test_link_is_dead_after_three_failures_over_a_week(web, status):
    address = web.page("/weg", "", status=status)
    page = linked(address)

    for days in (3, 3, 1):
        audit()
        audit()  # a second look on the same day counts for nothing
        assert (state(), findings()) == ("hapert", [])
        days_pass(days)
    audit()

    since = timezone.now() - timedelta(days=7)
    detail = (
        f"{address} werkt niet meer, sinds {since:%d-%m-%Y}. De site antwoordt met fout {status}."
    )
    assert (state(), findings()) == ("dood", [("link-dood", detail)])
    assert LinkCheck.objects.get().failures == 4
    web.page("/weg", "terug")
    days_pass(7)
    audit()
    assert (state(), findings()) == ("goed", [])
    assert (LinkCheck.objects.get().failures, page.findings.filter(kind="link-dood").count()) == (
        0,
        0,
    )


def test_three_failures_in_a_few_days_are_not_enough_and_nor_is_a_week_with_two(web):
    linked(web.page("/weg", "", status=404))
    for _ in range(5):
        audit()
        days_pass(1)
    assert (state(), LinkCheck.objects.get().failures) == ("hapert", 5)

    LinkCheck.objects.update(
        failures=1, first_failed_at=timezone.now() - timedelta(days=30), checked_at=None
    )
    audit()

    assert (state(), LinkCheck.objects.get().failures) == ("hapert", 2)


@pytest.mark.parametrize(
    ("statuses", "ends"),
    [([301], "/1"), ([308, 301], "/2"), ([301, 302], "/1"), ([302], ""), ([307, 301], "")],
)
def test_moved_link_says_where_it_went_for_good(web, statuses, ends):
    for number, status in enumerate(statuses):
        web.redirect(f"/{number}", f"/{number + 1}", status)
    web.page(f"/{len(statuses)}", "hier")
    linked(web.url("/0"))

    audit()

    moved = [("link-verhuisd", f"{web.url('/0')} is verhuisd naar {web.url(ends)}")]
    assert (state(), findings()) == (("verhuisd", moved) if ends else ("goed", []))


def test_the_same_address_written_otherwise_has_not_moved(web):
    web.redirect("/map", "/map/", 301)
    web.page("/map/", "hier")
    linked(web.url("/map"))

    audit()

    assert (state(), findings()) == ("goed", [])


@contextmanager
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


WAYS = [
    "loop",
    "to a private address",
    "huge_headers",
    "no_http",
    "silent",
    "slow_headers",
    "unknown name",
    "wrong certificate",
    "nothing listens",
    "to a dead page",
]


@pytest.mark.parametrize("way", WAYS)
def test_link_that_leads_nowhere_fails_and_the_rest_goes_on(web, settings, tmp_path, way):
    settings.AUDIT_LINK_SECONDS = 0.4
    address = web.url("/kwaad")
    with web_server(settings, certificate_for="ander.example", tmp_path=tmp_path) as tls:
        if way == "loop":
            web.redirect("/kwaad", "/kwaad", 301)
        elif way == "to a private address":
            web.redirect("/kwaad", "http://169.254.169.254/latest/", 301)
        elif way == "to a dead page":
            web.redirect("/kwaad", "/er-is-niets", 301)
        elif way == "unknown name":
            address = "https://bestaat-niet.invalid/"
        elif way == "wrong certificate":
            address = tls.url("/")
        elif way == "nothing listens":
            web.shutdown()
            web.server_close()
        else:
            getattr(web, way)("/kwaad")
        linked(address)
        started = time.monotonic()
        audit()

    assert (state(), findings()) == ("hapert", [])
    assert LinkCheck.objects.get().detail
    assert time.monotonic() - started < 5
    assert AuditRun.objects.get().finished_at


@pytest.mark.parametrize("status", [401, 403, 429])
def test_site_that_keeps_programs_out_says_nothing_of_its_page(web, status):
    linked(web.page("/dicht", "", status=status))

    for _ in range(4):
        audit()
        days_pass(8)

    assert (state(), findings()) == ("onbekend", [])


def test_doi_is_asked_of_its_resolver_only(web, settings):
    settings.DOI_RESOLVER = web.url("")
    web.redirect("/10.1234/abc", web.url("/uitgever"), 302)
    add_publication(doi="10.1234/abc", source_url="https://doi.org/10.1234/ABC")

    audit()

    assert (state(), findings()) == ("goed", [])
    assert web.requests == ["HEAD /10.1234/abc"]
    assert LinkCheck.objects.get().address.lower() == "https://doi.org/10.1234/abc"


def test_hosts_get_a_pause_and_take_turns(web, settings):
    settings.AUDIT_HOST_PAUSE_SECONDS = 0.3
    with web_server(settings) as other:
        for number in range(2):
            linked(web.page(f"/{number}", "hier"))
        linked(other.page("/hier", "hier"))
        moments = []
        for server in (web, other):
            for path, answer in list(server.answers.items()):
                server.answers[path] = lambda handler, a=answer, s=server: (
                    moments.append((s.port, time.monotonic())),
                    a(handler),
                )

        audit()

    assert [port for port, _ in moments] == [web.port, other.port, web.port]
    assert moments[2][1] - moments[0][1] >= 0.3


def test_own_network_that_is_down_makes_no_link_fail_and_is_not_waited_for(settings, caplog):
    settings.DOI_RESOLVER = "https://bestaat-niet.invalid"
    for number in range(5):
        linked(f"https://bestaat-niet-{number}.invalid/rapport")
    caplog.set_level("INFO", logger="publications.web")

    audit()

    assert set(LinkCheck.objects.values_list("state", "failures")) == {("onbekend", 0)}
    assert "is this server online?" in caplog.text
    assert caplog.text.count("Not fetched") == 4  # three links, and the resolver


def test_hosts_that_are_all_dead_are_not_our_own_network(web, settings):
    settings.DOI_RESOLVER = web.url("")
    for number in range(4):
        linked(f"https://bestaat-niet-{number}.invalid/rapport")

    audit()

    assert set(LinkCheck.objects.values_list("state", "failures")) == {("hapert", 1)}


def test_only_live_publications_and_their_present_links_are_kept(web):
    page = linked(web.page("/oud", "hier"))
    linked(web.page("/concept", "hier"), live=False)
    audit()
    page.source_url = web.page("/nieuw", "hier")
    page.save_revision().publish()

    audit()

    assert list(LinkCheck.objects.values_list("address", flat=True)) == [web.url("/nieuw")]
    page.unpublish()
    audit()
    assert not LinkCheck.objects.exists()
    assert web.requests == ["HEAD /oud", "HEAD /nieuw"]


def test_a_night_takes_no_more_links_than_it_may(web, settings):
    settings.AUDIT_LINKS_PER_RUN = 2
    for number in range(3):
        linked(web.page(f"/{number}", "hier"))

    audit()
    assert len(web.requests) == 2
    audit()
    assert sorted(web.requests) == ["HEAD /0", "HEAD /1", "HEAD /2"]

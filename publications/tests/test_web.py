import logging
import socket
import time
import tracemalloc

import pytest

from publications.tests.web_server import web_server
from publications.web import NotReached, fetch


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        yield server


@pytest.fixture
def names(monkeypatch):
    """Let names lead to the addresses a test gives, in turn; the last answer stays."""
    known, real = {}, socket.getaddrinfo

    def lookup(name, port, *args, **kwargs):
        if name not in known:
            return real(name, port, *args, **kwargs)
        turns = known[name]
        addresses = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return known


def refusal(address, **options) -> str:
    with pytest.raises(NotReached) as refused:
        fetch(address, **options)
    return refused.value.reason


def test_a_page_comes_back_as_it_is(web):
    address = web.page("/rapport?jaar=2024", "<title>Buurthuis De Brug – café</title>")

    reply = fetch(address, accept="text/html")

    assert (reply.address, reply.status, reply.content_type) == (address, 200, "text/html")
    assert reply.text == "<title>Buurthuis De Brug – café</title>"
    assert reply.headers["CONTENT-type"] == "text/html; charset=utf-8"


def test_the_server_hears_who_asks_and_nothing_else(web, settings, monkeypatch):
    settings.BASE_URL = "https://kennisplein.example.org"
    settings.DEFAULT_FROM_EMAIL = "Kennisplein <info@example.org>"
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    fetch(web.page("/", Set_Cookie="wie=jij"), accept="application/json")
    fetch(web.url("/"))

    assert web.headers[1] == {
        "Host": f"127.0.0.1:{web.port}",
        "User-Agent": "Kennisplein/1.0 (+https://kennisplein.example.org; mailto:info@example.org)",
        "Accept": "*/*",
        "Accept-Language": "nl, en;q=0.7",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    assert web.headers[0]["Accept"] == "application/json"


def test_a_missing_page_is_an_answer(web):
    assert fetch(web.url("/weg")).status == 404


def test_head_reads_no_body(web):
    reply = fetch(web.page("/groot", b"x" * 5000), method="HEAD", max_bytes=10)

    assert (reply.status, reply.headers["Content-Length"], reply.body) == (200, "5000", b"")
    assert web.requests == ["HEAD /groot"]


def test_redirects_are_followed_to_the_end(web):
    web.page("/einde", "daar")
    web.redirect("/midden", "/einde", 308)
    web.redirect("/begin", web.url("/midden"))

    reply = fetch(web.url("/begin"))

    assert (reply.address, reply.text) == (web.url("/einde"), "daar")
    assert web.requests == ["GET /begin", "GET /midden", "GET /einde"]


def test_six_redirects_are_too_many(web):
    for number in range(6):
        web.redirect(f"/{number}", f"/{number + 1}")
    web.page("/6", "einde")

    assert refusal(web.url("/0")) == "redirects"
    assert fetch(web.url("/1")).text == "einde"


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("/lus", "redirects"),
        ("http://127.0.0.1/", "private"),
        ("http://127.0.0.1:1/", "address"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("file:///etc/passwd", "address"),
        ("gopher://example.org/", "address"),
        ("http://[::1]/", "private"),
        ("//10.0.0.1/", "private"),
        ("http://jan:geheim@example.org/", "address"),
        ("http://\x00/", "address"),
    ],
)
def test_a_redirect_opens_no_back_door(web, to, reason):
    web.redirect("/lus", to)

    assert refusal(web.url("/lus")) == reason
    assert set(web.requests) == {"GET /lus"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "localhost",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused(host):
    assert refusal(f"http://{host}/") == "private"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/rapport",
        "example.org",
        "ftp://example.org/",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:5432/",
        "http://example.org/" + "a" * 3000,
        "http://exa mple.org/",
    ],
)
def test_what_is_not_a_web_address_is_refused(address, names):
    names["example.org"] = [["93.184.215.14"]]

    assert refusal(address) == "address"


def test_one_private_address_among_public_ones_is_enough_to_refuse(names):
    names["twee.example"] = [["93.184.215.14", "10.0.0.1"]]

    assert refusal("http://twee.example/") == "private"


def test_a_name_that_changes_its_answer_is_asked_only_once(web, names):
    names["wisselt.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    web.page("/", "eerste antwoord")

    assert fetch(web.url("/", host="wisselt.example")).text == "eerste antwoord"
    assert web.headers[0]["Host"] == f"wisselt.example:{web.port}"
    assert refusal(web.url("/", host="wisselt.example")) == "address"


def test_an_unknown_name_says_so(names, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert refusal("https://bestaat-niet.example/") == "name"


def test_a_slow_name_server_is_not_waited_for(monkeypatch):
    def slow(*args, **kwargs):
        time.sleep(1)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    start = time.monotonic()

    assert refusal("https://traag.example/", timeout=0.2) == "timeout"
    assert time.monotonic() - start < 0.8


@pytest.mark.parametrize("way", ["slow_body", "slow_headers", "silent"])
def test_a_slow_server_is_cut_off_in_time(web, way):
    address = getattr(web, way)("/traag")
    start = time.monotonic()

    assert refusal(address, timeout=0.4) == "timeout"
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("endless_body", "size"),
        ("gzip_bomb", "size"),
        ("endless_chunk_header", "answer"),
        ("huge_headers", "answer"),
        ("broken_gzip", "answer"),
        ("short_body", "answer"),
        ("no_http", "answer"),
    ],
)
def test_a_hostile_answer_is_refused_in_little_memory(web, way, reason):
    address = getattr(web, way)("/kwaad")
    tracemalloc.start()

    assert refusal(address, max_bytes=500_000) == reason
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


def test_a_body_of_exactly_the_limit_passes(web):
    address = web.page("/vol", b"x" * 1000)

    assert len(fetch(address, max_bytes=1000).body) == 1000
    assert refusal(address, max_bytes=999) == "size"


def test_an_unknown_or_wrong_character_set_still_gives_text(web):
    latin = "café".encode("latin-1")

    assert fetch(web.page("/a", latin, content_type="text/html; charset=latin-1")).text == "café"
    assert fetch(web.page("/b", latin, content_type="text/html; charset=utf-8")).text == "caf\ufffd"
    assert fetch(web.page("/c", "thee", content_type="text/html; charset=klingon")).text == "thee"


def test_nothing_listens(web):
    port = web.port
    web.shutdown()
    web.server_close()

    assert refusal(f"http://127.0.0.1:{port}/") == "connection"


def test_tls_is_verified_against_the_name(settings, tmp_path, names):
    names["goed.example"] = names["ander.example"] = [["127.0.0.1"]]
    with web_server(settings, certificate_for="goed.example", tmp_path=tmp_path) as web:
        web.page("/", "veilig")

        assert fetch(web.url("/", host="goed.example")).text == "veilig"
        assert refusal(web.url("/", host="ander.example")) == "certificate"
        settings.WEB_CERTIFICATES = ""
        assert refusal(web.url("/", host="goed.example")) == "certificate"


def test_people_get_dutch_and_operators_one_line(web, caplog):
    caplog.set_level(logging.INFO, "publications.web")

    with pytest.raises(NotReached) as refused:
        fetch("http://10.0.0.1/\nFAKE LINE")

    assert str(refused.value) == (
        "Dit adres is niet openbaar. We openen alleen adressen op het open internet."
    )
    assert [record.getMessage() for record in caplog.records] == [
        "Not fetched (private): 10.0.0.1 leads to 10.0.0.1, which is not public"
    ]

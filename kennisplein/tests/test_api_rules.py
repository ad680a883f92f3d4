"""The Dutch REST API Design Rules, one test for each that can be tested on /api/v1."""

import re

import pytest
from django.db import connection
from openapi_spec_validator import validate

from kennisplein.api.openapi import example_of
from kennisplein.tests.api_answers import LISTS, PROBLEM, document, faults_of, make_content
from kennisplein.tests.test_headers import holds_nothing_inline_or_foreign
from publications.tests.factories import make_publication

pytestmark = pytest.mark.django_db

READS = (*LISTS, "zoek", "begrippen", "paginas", "bijdragen", "openapi.json", "navigatie")
ABSENT = (
    "publicaties/0",
    "publicaties/x%00",
    "paginas/weg",
    "niets",
    "",
    "publicaties/",
    "bijdragen/x",
)
CAMEL_CASE = re.compile("[a-z][a-zA-Z0-9]*")


def problem(response, status: int) -> dict:
    """Return a problem, after a look at whether it is one."""
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content
    told = response.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


def test_document_is_valid_openapi_3_1_with_contact_licence_and_server(client):
    make_content()

    whole = document(client)

    validate(whole)
    assert whole["openapi"] == "3.1.0"
    assert set(whole["info"]["contact"]) == {"name", "url", "email"}
    assert whole["servers"][0]["url"].endswith("/api/v1")
    assert re.fullmatch(r"\d+\.\d+\.\d+", whole["info"]["version"])


def test_every_operation_tells_its_errors_headers_and_an_example_that_is_valid(client):
    make_content()
    whole = document(client)

    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            codes = set(operation["responses"])
            assert {"400", "405", "406", "500"} <= codes, path
            assert method == "get" or {"409", "413", "415", "429"} <= codes
            for code, response in operation["responses"].items():
                assert "API-Version" in response["headers"], (path, code)
                if code == "304":
                    continue
                [(kind, content)] = response["content"].items()
                assert kind == (PROBLEM if int(code) >= 400 else "application/json")
                assert faults_of(content["example"], response, whole) == [], (path, code)
            for parameter in operation["parameters"]:
                assert parameter["description"] or parameter["in"] == "path"
    body = whole["paths"]["/bijdragen"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    example = body["application/json"]["example"]
    assert faults_of(example, {"content": {"": body["application/json"]}}, whole) == []
    assert example_of({"type": "boolean"}, {}) is False


def test_paths_are_lower_case_nouns_without_a_slash_at_the_end_and_names_are_camel_case(client):
    make_content()
    whole = document(client)

    for path, operations in whole["paths"].items():
        assert re.fullmatch(r"(/([a-z]+|\{[a-z]+\}))+", path)
        for operation in operations.values():
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert [name for name in names if not CAMEL_CASE.fullmatch(name)] == []
    forms = ("BijdragePublicatie", "BijdrageTip", "BijdrageArtikel")
    for name, schema in whole["components"]["schemas"].items():
        wrong = [key for key in schema.get("properties", {}) if not CAMEL_CASE.fullmatch(key)]
        assert name in forms or set(wrong) <= {"_links"}, name


def test_a_slash_at_the_end_is_not_found(client):
    make_content()

    for name in READS:
        assert client.get(f"/api/v1/{name}").status_code == 200, name
        problem(client.get(f"/api/v1/{name}/"), 404)
    problem(client.get("/api/v1/"), 404)


def test_what_is_not_there_is_a_problem_too(client):
    make_content()

    for name in ABSENT:
        problem(client.get(f"/api/v1/{name}"), 404)


def test_every_fault_in_the_query_is_told_at_once_in_dutch(client):
    query = "pagina=nul&aantal=101&sorteer=mooiste&jaar=24&taal=xx&geheim=1&q=a&q=b&fields=x"

    told = problem(client.get(f"/api/v1/publicaties?{query}"), 400)

    assert {(one["in"], one["location"]["name"], one["detail"]) for one in told["errors"]} == {
        ("query", "pagina", "Dit moet een heel getal zijn."),
        ("query", "aantal", "Dit mag hoogstens 100 zijn."),
        ("query", "sorteer", "Kies uit: 'beste', 'nieuwste', 'oudste' of 'titel'."),
        ("query", "jaar", "Dit heeft niet de goede vorm: ^([0-9]{4}|onbekend)$"),
        ("query", "taal", "Kies uit: 'nl', 'en', 'de', 'fr', 'fy' of 'mul'."),
        ("query", "geheim", "Deze sleutel kennen we niet."),
        ("query", "q", "Deze sleutel mag één keer."),
        ("query", "fields", FIELDS),
    }
    for name in READS:
        if name != "openapi.json":
            problem(client.get(f"/api/v1/{name}?geheim=1"), 400)


FIELDS = "Een van deze velden is er niet. Zet er komma’s tussen, zonder spaties."


def test_every_answer_has_its_version_security_headers_and_open_cors(client):
    page = make_publication()
    addresses = [f"publicaties/{page.pk}", "publicaties?x=1", "niets", "docs", "openapi.json"]

    for response in [client.get(f"/api/v1/{address}") for address in addresses]:
        headers = {
            "API-Version": "1.0.0",
            "Access-Control-Allow-Origin": "*",
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
        }
        assert {name: response[name] for name in headers} == headers
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert "Access-Control-Allow-Credentials" not in response
        assert "Set-Cookie" not in response
        assert not response.cookies
        is_kept = "no-cache" in response["Cache-Control"]
        assert is_kept == (response.status_code == 200) == ("ETag" in response)


def test_a_browser_of_another_site_may_ask_and_send(client):
    make_content()
    asked = {"Origin": "https://gemeente.example", "Access-Control-Request-Method": "POST"}

    for name, methods in {
        "bijdragen": "GET, POST, HEAD, OPTIONS",
        "publicaties": "GET, HEAD, OPTIONS",
    }.items():
        response = client.options(f"/api/v1/{name}", headers=asked)
        assert (response.status_code, response.content) == (204, b"")
        assert response["Allow"] == response["Access-Control-Allow-Methods"] == methods
        assert "Content-Type" in response["Access-Control-Allow-Headers"]
        assert response["Access-Control-Allow-Origin"] == "*"
    problem(client.options("/api/v1/niets"), 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_reading_is_all_that_can_be_done(client, method):
    page = make_publication()

    for name in ("publicaties", f"publicaties/{page.pk}", "zoek", "openapi.json", "docs"):
        response = getattr(client, method)(f"/api/v1/{name}")
        assert problem(response, 405)
        assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_head_tells_what_get_tells_without_the_body(client):
    make_publication()

    head, get = client.head("/api/v1/publicaties"), client.get("/api/v1/publicaties")

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])


def test_another_form_than_json_is_not_acceptable(client):
    make_publication()

    problem(client.get("/api/v1/publicaties", headers={"Accept": "text/html"}), 406)
    for accepted in ("*/*", "application/*", "application/json;q=0.5, text/html", PROBLEM):
        response = client.get("/api/v1/publicaties", headers={"Accept": accepted})
        assert response.status_code == 200


def test_a_fault_of_ours_is_a_problem_that_tells_nothing_and_is_logged(client, caplog):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE publications_term RENAME COLUMN label TO gone")

    told = problem(client.get("/api/v1/begrippen"), 500)

    assert told["detail"] == "We kijken ernaar. Probeer het later opnieuw."
    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert (record.levelname, "label" in str(record.exc_info[1])) == ("ERROR", True)


def test_reference_page_is_our_own_and_strict(client):
    make_content()

    for address in ("/api/v1", "/api/v1/docs"):
        response = client.get(address)
        page = response.content.decode()
        assert response.status_code == 200
        assert holds_nothing_inline_or_foreign(page)
        assert "unsafe" not in response["Content-Security-Policy"]
        assert "default-src 'self'" in response["Content-Security-Policy"]
        for path in document(client)["paths"]:
            assert f"GET {path}" in page
        assert "POST /bijdragen" in page

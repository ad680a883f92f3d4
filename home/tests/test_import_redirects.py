"""Old addresses that lead to new ones, by the command line."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.contrib.redirects.models import Redirect

from publications.tests.factories import make_library, make_publication
from stories.tests.factories import make_story

pytestmark = pytest.mark.django_db

ROWS = """old,new
/kennisplein,/bibliotheek/
/content/bankje?x=1,/verhalen/het-bankje/
https://oud.buurtwijs.example/tag/eten,/bibliotheek/?q=eten
"/tag/wonen/ ",https://www.buurtwijs.nl/wonen

"""


@pytest.fixture
def imported(tmp_path, capsys):
    def run(text, **options):
        file = tmp_path / "oud.csv"
        file.write_text(text, encoding="utf-8-sig")
        call_command("import_redirects", str(file), **options)
        said = capsys.readouterr()
        return said.out.strip(), said.err.splitlines()

    make_library()
    make_story(title="Het bankje", slug="het-bankje")
    return run


def leads_to(client, address: str) -> tuple[int, str]:
    response = client.get(address)
    return response.status_code, response.headers.get("Location", "").replace(
        "http://localhost", ""
    )


def test_old_addresses_lead_to_pages_lists_and_other_sites_for_good(client, imported):
    assert client.get("/kennisplein/").status_code == 404

    first, again = imported(ROWS), imported(ROWS)

    assert first == ("4 rows: 4 new, 0 changed, 0 were here already, 0 bad.", [])
    assert again == ("4 rows: 0 new, 0 changed, 4 were here already, 0 bad.", [])
    assert leads_to(client, "/kennisplein") == (301, "/bibliotheek/")
    assert leads_to(client, "/kennisplein/") == (301, "/bibliotheek/")
    assert leads_to(client, "/content/bankje?x=1") == (301, "/verhalen/het-bankje/")
    assert leads_to(client, "/tag/eten") == (301, "/bibliotheek/?q=eten")
    assert leads_to(client, "/tag/wonen") == (301, "https://www.buurtwijs.nl/wonen")


def test_redirect_to_a_page_follows_it_when_it_moves(client, imported):
    publication = make_publication(slug="oud")
    imported("/node/12;/bibliotheek/oud/")

    publication.slug = "nieuw"
    publication.save_revision().publish()

    assert leads_to(client, "/node/12") == (301, "/bibliotheek/nieuw/")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("/a", "it takes an old and a new address"),
        ("/a,", "it takes an old and a new address"),
        ("/a,/bestaat-niet/", "/bestaat-niet/ is not an address of this site"),
        ("/a,/bibliotheek/geheim/", "/bibliotheek/geheim/ is not an address of this site"),
        ("/a,javascript:alert(1)", "javascript:alert(1) is not an address"),
        ("/a,//kwaad.example/x", "//kwaad.example/x is not an address"),
        ("a/b,/bibliotheek/", "a/b is not an old address: it begins with a slash"),
        ("/,/bibliotheek/", "/ is the front page, or longer than 255 characters"),
        (
            "/verhalen/,/bibliotheek/",
            "/verhalen/ is an address of the site itself, which comes first",
        ),
        ("/zoeken/,/bibliotheek/", "/zoeken/ is an address of the site itself, which comes first"),
        (
            "/kennisplein,/verhalen/",
            "/kennisplein leads to /bibliotheek/ already; --replace changes that",
        ),
    ],
)
def test_bad_row_is_reported_and_the_others_are_taken(imported, row, reason):
    make_publication(slug="geheim", live=False)
    imported("/kennisplein,/bibliotheek/")

    out, errors = imported(f"oud,nieuw\n{row}\n/goed,/verhalen/\n")

    assert errors == [f"Line 2: {reason}"]
    assert out == "2 rows: 1 new, 0 changed, 0 were here already, 1 bad."
    assert sorted(Redirect.objects.values_list("old_path", flat=True)) == ["/goed", "/kennisplein"]


def test_replacing_and_trying_out(client, imported):
    imported("/kennisplein,/bibliotheek/")

    tried, _ = imported("/kennisplein,/verhalen/\n/a,/verhalen/", replace=True, dry_run=True)
    assert tried == ("2 rows: 1 new, 1 changed, 0 were here already, 0 bad. Nothing was saved.")
    assert leads_to(client, "/kennisplein") == (301, "/bibliotheek/")
    assert leads_to(client, "/a/")[0] == 404

    done, _ = imported("/kennisplein,/verhalen/", replace=True)
    assert done == "1 rows: 0 new, 1 changed, 0 were here already, 0 bad."
    assert leads_to(client, "/kennisplein") == (301, "/verhalen/")
    assert Redirect.objects.count() == 1


def test_file_that_cannot_be_read_is_said_in_one_line(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_redirects", str(tmp_path / "nergens.csv"))

import pytest

from publications.names import author_from


@pytest.mark.parametrize(
    ("typed", "given", "particle", "family"),
    [
        ("Meta de Lange", "Meta", "de", "Lange"),
        ("Lange, Meta de", "Meta", "de", "Lange"),
        ("de Lange, Meta", "Meta", "de", "Lange"),
        ("Jan van den Berg", "Jan", "van den", "Berg"),
        ("Berg, J. van den", "J.", "van den", "Berg"),
        ("Jan Van den Berg", "Jan", "Van den", "Berg"),
        ("van den Berg", "", "van den", "Berg"),
        ("A. in 't Veld", "A.", "in 't", "Veld"),
        ("A. in ’t Veld", "A.", "in ’t", "Veld"),
        ("Jansen-de Vries, Anna", "Anna", "", "Jansen-de Vries"),
        ("Al Gore", "Al", "", "Gore"),
        ("Ton Baas", "Ton", "", "Baas"),
        ("L.J.G. van der Maesen", "L.J.G.", "van der", "Maesen"),
        ("Verharen", "", "", "Verharen"),
        ("  Fenna   Bakker ", "Fenna", "", "Bakker"),
        ("Bakker,", "", "", "Bakker"),
        ("van", "", "", "van"),
        (",", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_author_comes_apart_into_given_particle_and_family(typed, given, particle, family):
    assert author_from(typed) == {"given": given, "particle": particle, "family": family}


def test_parts_of_an_endless_name_fit_in_their_columns():
    author = author_from(f"{'G' * 300} {'van ' * 30}{'F' * 300}")

    assert {part: len(text) for part, text in author.items()} == {
        "given": 100,
        "particle": 30,
        "family": 150,
    }

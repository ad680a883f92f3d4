"""Names of authors as people type them."""

PARTICLES = set(
    "van de der den het 't ’t ter ten te tot von zu op in aan bij uit"
    " la le du el al da do dos d' d’".split()
)


def author_from(text: str) -> dict[str, str]:
    """
    Return the parts of one author's name as {given, particle, family}, each possibly empty.

    “Meta de Lange” and “Lange, Meta de” give the same. A single word is a family name.
    """
    family, comma, rest = text.partition(",")
    if comma:
        words = [*rest.split(), *family.split()]
        family_length = len(family.split())
    else:
        words = text.split()
        family_length = 1
    split = len(words) - family_length
    for place, word in enumerate(words[:-1]):
        if (word if place == 0 else word.lower()) in PARTICLES:
            split = min(split, place)
            break
    particle_end = split
    while particle_end < len(words) - 1 and words[particle_end].lower() in PARTICLES:
        particle_end += 1
    return {
        "given": " ".join(words[:split])[:100],
        "particle": " ".join(words[split:particle_end])[:30],
        "family": " ".join(words[particle_end:])[:150],
    }


def with_particle_of_given(given: str, particle: str) -> tuple[str, str]:
    """Return given names and particle: “Jan de” of “Vries, Jan de” gives “Jan” and “de”."""
    words = given.split()
    end = len(words)
    while end > 1 and words[end - 1] in PARTICLES:
        end -= 1
    if particle or end == len(words):
        return given, particle
    return " ".join(words[:end]), " ".join(words[end:])


def author_or_organisation(text: str) -> dict[str, str]:
    """
    Return the fields of one author: those of `author_from`, or {organisation}.

    A single word is more often the name of an organisation (“Movisie”) than a family name.
    """
    return author_from(text) if " " in text else {"organisation": text[:255]}

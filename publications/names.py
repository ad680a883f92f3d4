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

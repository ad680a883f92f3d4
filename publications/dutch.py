"""
The one normaliser of Dutch, for documents and for queries alike.

A word gives at most two *keys*: `rules(word)`, its spelling brought back to the base form, and
`rules(lemma(word))`, the same of the base form that simplemma's dictionary knows. Two words meet
when they share a key. Dictionary and rules cover each other: the dictionary knows verbs and
irregular words, the rules every compound and new word that no dictionary has.

Everything that comes out consists of a–z and 0–9 only, because keys go into a tsquery literal.
How well it does, beside other stemmers: `manage.py score_dutch` and docs/search.md.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from publications import compounds

MAX_WORD = 80  # characters; PostgreSQL refuses lexemes of more than 2,046 bytes

# What NFKD does not take apart: letters with a stroke, ligatures, and characters without a width.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)
_IN_A_WORD = "[^\\W_](?:[^\\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])*"
_RUN = re.compile(f"{_IN_A_WORD}(?:[-‐‑'’ʼ]{_IN_A_WORD})*")
_HYPHEN = re.compile("[-‐‑]")
_ENCLITIC = re.compile(r"['’ʼ][snt]$|(?<=['’ʼ]er)s$")  # foto's, zo'n, zzp'ers
_APOSTROPHE = re.compile("['’ʼ]")
_PLAIN = re.compile("[a-z0-9]+")


def fold(text: str) -> str:
    """Return `text` in lower case without accents. Other scripts and signs stay what they are."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def spans(text: str, joined: bool = True) -> Iterator[tuple[int, int, list[str]]]:
    """
    Yield (start, end, surface words) per run of letters and digits; the offsets count characters
    of `text`, for marking what matched. For `joined` see `words`.
    """
    for match in _RUN.finditer(text):
        pieces = []
        for piece in _HYPHEN.split(match[0]):
            piece = _APOSTROPHE.sub("", _ENCLITIC.sub("", fold(piece)))
            pieces += [plain[:MAX_WORD] for plain in _PLAIN.findall(piece)]
        if 2 <= len(pieces) <= 4:
            whole = "".join(pieces)[:MAX_WORD]
            if joined:
                pieces.append(whole)
            elif any(len(piece) < 3 and not piece.isdigit() for piece in pieces):
                pieces = [whole]
        if pieces:
            yield match.start(), match.end(), pieces


def words(text: str, joined: bool = True) -> list[str]:
    """
    Return the folded surface words of `text` in order, each of 1 to 80 characters a–z and 0–9.

    A word with hyphens also gives the joined word, behind its pieces: sociaal-economisch is
    sociaal, economisch, sociaaleconomisch. That is for documents. A query, which wants every word
    it asks for, passes `joined=False`: the pieces, or the joined word alone where a piece is too
    short to stand by itself (e-mail, co-creatie).
    """
    return [word for _, _, pieces in spans(text, joined) for word in pieces]


@lru_cache(maxsize=50_000)
def keys(word: str) -> tuple[str, ...]:
    """Return the one or two keys of a folded word, the one by rule first; none for no word."""
    word = word[:MAX_WORD]
    if not _PLAIN.fullmatch(word):
        return ()
    by_rule, by_lemma = _rules(word), _rules(_lemma(word)[:MAX_WORD])
    return (by_rule,) if by_rule == by_lemma else (by_rule, by_lemma)


@lru_cache(maxsize=50_000)
def parts(word: str) -> tuple[str, ...]:
    """
    Return the keys of the parts of a compound, () for any other word: buurt and camping of
    buurtcamping. For documents only, at a low weight: a search for buurthuis must not bring
    every huis.
    """
    word = word[:MAX_WORD]
    lemma = _known(word)
    for spelling in (lemma,) if lemma else (word, _lemma(word)):
        pieces = compounds.split(spelling, _can_be_first)
        if pieces:
            return tuple(dict.fromkeys(key for piece in pieces for key in keys(piece)))
    return ()


def forget() -> None:
    """Forget what was worked out per word. What was loaded stays."""
    for remembered in (keys, parts, _lemma):
        remembered.cache_clear()


# --- The dictionary -----------------------------------------------------------------------------


@cache
def _dictionary() -> tuple[object, dict[str, str]]:
    """
    Return simplemma's form → lemma, and the same for forms with accents, by their folded spelling.

    Takes half a second and about 50 MB, once in a process. Never copied: its data come under
    several licences.
    """
    lemmas = DefaultDictionaryFactory().get_dictionary("nl")
    accented = {}
    for form in lemmas:
        if not form.isascii():
            accented.setdefault(fold(form), lemmas[form])
    return lemmas, accented


def _known(word: str) -> str | None:
    """Return the folded lemma of a folded word, or None when the dictionary has no such form."""
    if word in _OWN_BASE:
        return word
    _, ends = _irregular()
    if word in ends:
        return ends[word]
    lemmas, accented = _dictionary()
    lemma = lemmas.get(word) or accented.get(word)
    if lemma is None:
        return None
    lemma = "".join(_PLAIN.findall(fold(lemma)))  # op_bouwen → opbouwen
    return lemma if _is_credible(lemma, word) else word


def _is_credible(lemma: str, word: str) -> bool:
    """Say no to kapper → kapster, wolf → wolvin, geloof → wangeloof and gewezen → afwijzen."""
    if len(lemma) <= len(word):
        return bool(lemma)
    if lemma.endswith(word) or any(lemma.startswith(p) and p not in word for p in _PREFIXES):
        return False
    return lemma[:2] != word[:2] or lemma.endswith(_VERB_OR_LATIN)


@lru_cache(maxsize=10_000)
def _lemma(word: str) -> str:
    """
    Return the base form of `word`. A word that the dictionary lacks gets that of its longest known
    ending: wijkteams → wijkteam, meebeslist → meebeslissen.
    """
    lemma = _known(word)
    if lemma is None and word.isalpha():
        for ending in ("en", "e", "s"):  # betrokkenen, of which it knows betrokken
            rest = word.removesuffix(ending)
            if rest != word and len(rest) > 3 and _known(rest):
                return _known(rest)
        for start in range(3, len(word) - 3):
            ending = _known(word[start:])
            if ending and (len(word) - start > 6 or _can_be_first(word[:start])):
                return word[:start] + ending
    return lemma or word


def _can_be_first(word: str) -> bool:
    """Say whether the dictionary has `word`, by itself or without a linking s."""
    return _known(word) is not None or (word.endswith("s") and _known(word[:-1]) is not None)


def _is_form(word: str) -> bool:
    """Say whether the dictionary has `word`, in which ij may be ÿ."""
    return _known(word.replace("ÿ", "ij")) is not None


def _is_base_form(word: str) -> bool:
    """Say whether the dictionary has `word`, in which ij may be ÿ, as a lemma."""
    word = word.replace("ÿ", "ij")
    return _known(word) == word


# --- The rules ----------------------------------------------------------------------------------

# Closed classes: a base form and the forms that no rule reaches. Behind a `-` the forms also count
# at the end of compounds (binnensteden), save after the prefixes that make another word of them.
_IRREGULAR = """
-stad steden
-lid leden gelederen
-schip schepen
-kind kinderen kinder
-ei eieren eier
-lied liederen
-rad raderen
-volk volkeren
-kalf kalveren
-been beenderen
-museum musea
-centrum centra
-criterium criteria
-medium media
-stadium stadia
-podium podia
-forum fora
-referendum referenda
-oudere ouderen
-jongere jongeren
smid smeden
goed goederen
lam lammeren
koe koeien
vlo vlooien
dag dagen
weg wegen
dak daken
glas glazen
blad bladen bladeren
pad paden
bad baden
gat gaten
vat vaten
graf graven
hof hoven
hol holen
slag slagen
slot sloten
schot schoten
god goden
spel spelen
"""
_NOT_BEFORE_AN_IRREGULAR = ("ge", "ver", "over", "be", "ont", "her", "mis")
# Words that look inflected and are not: without the ending they would be another word.
_NEVER_INFLECTED = frozenset(
    "jongen open ouder oudere jongere buiten binnen boven tegen morgen heden"
    " teken wapen toren haven keten molen regen zegen deken laken kussen"
    " beetje meisje toetje sprookje".split()
)
# Base forms that the dictionary takes for a form of something else.
_OWN_BASE = _NEVER_INFLECTED | set("app eerste tweede derde geslacht kater nl".split())
# A lemma does not begin with one of these when the word has none of it.
_PREFIXES = tuple("aan af be door her in om ont op over uit ver voor wan".split())
_VERB_OR_LATIN = ("en", "an", "oen", "ien", "ijn", "us", "um")

_SYLLABLE = re.compile("[aeiouyÿ]+")
_LONG = re.compile(r"([aeou])\1")
_LONG_AT_END = re.compile(r"([aeou])\1(?=[^aeiouyÿ]*$)")
_OPEN = re.compile("(?:^|[^aeiouyÿ])[aeou][^aeiouyÿwxj]$")  # how zo-nen spells a long vowel
_COMPARATIVE = re.compile("(.*(?:ig|lÿk|baar|zam|isch|iev|loz|voll|al|el))d?ere?")
_SUPERLATIVE = re.compile("(.*(?:ig|lÿk|baar|zaam|isch|ief|loos|vol|aal|eel))ste?")
_T_BEFORE_JE = re.compile("(?:[lnrwÿ]|[aeou][eiu]|ie)tje$")
_PLURAL_IN_S = ("er", "el", "en", "em", "ie", "ing", "eur", "oor", "aar", "ier", "eau")


@cache
def _irregular() -> tuple[dict[str, str], dict[str, str]]:
    """Return form → base form, and of these the ones that end a compound as well."""
    forms, ends = {}, {}
    for line in _IRREGULAR.split("\n"):
        base, *others = line.lstrip("-").split() or [""]
        for form in others:
            forms[form] = base
            if line.startswith("-"):
                ends[form] = base
    return forms, ends


def _rules(word: str) -> str:
    """Return the key of a folded word by its spelling alone, with the dictionary as a witness."""
    forms, ends = _irregular()
    if word in forms:
        word = forms[word]
    else:
        for start in range(3, len(word) - 2):
            base = ends.get(word[start:])
            if base and word[:start] not in _NOT_BEFORE_AN_IRREGULAR:
                word = word[:start] + base
                break
    if len(word) < 4 or not word.isalpha() or word in _NEVER_INFLECTED:
        return word
    stem = _uninflected(word.replace("ij", "ÿ"))
    return stem.replace("ÿ", "ij")


def _uninflected(word: str) -> str:
    """Return the stem of `word`, in which ij is one letter ÿ."""
    if word.endswith("heden") and len(word) > 6:
        return _stem(word[:-5] + "heid")
    word = _without_s(_without_diminutive(word))
    if word in _NEVER_INFLECTED:
        return word
    if word.endswith(("ieen", "eeen")):
        return _stem(word[:-2])
    if word.endswith("ien") and len(word) > 6 and word[-4] not in "aeou":
        return _stem(word[:-1])
    for pattern in (_COMPARATIVE, _SUPERLATIVE):
        compared = pattern.fullmatch(word)
        if compared and not _is_base_form(word):
            return _stem(compared[1], opened=pattern is _COMPARATIVE)
    for ending in ("en", "e"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 1 and _may_end(rest):
            return _stem(rest, opened=True)
    return _stem(word)


def _may_end(rest: str) -> bool:
    """Say whether an ending with e can follow: after a consonant, ij, or a long vowel with i."""
    return rest[-1] not in "aeiouy" or (rest[-1] == "i" and rest[-2] in "aeou")


def _stem(rest: str, opened: bool = False) -> str:
    """
    Spell what is left as a base form: zonn → zon, zon(en) → zoon, huiz → huis, sociaal → social.

    A vowel's length tells words of one syllable apart and is dropped in longer ones. `opened`:
    an ending with e came off, so a single vowel before a single consonant was a long one.
    """
    if len(rest) > 2 and rest[-1] == rest[-2] and rest[-1] not in "aeiouyÿ":
        rest, opened = rest[:-1], False
    if rest[-1] in "vz":
        rest = rest[:-1] + ("f" if rest[-1] == "v" else "s")
    if len(_SYLLABLE.findall(rest)) > 1:
        return _LONG_AT_END.sub(r"\1", rest)
    if opened and _OPEN.search(rest):
        return rest[:-1] + rest[-2:]
    return rest


def _without_diminutive(word: str) -> str:
    """Return the word that -je was put behind: the first that the dictionary knows, or a guess."""
    bare = word[:-1] if word.endswith("jes") else word
    if not bare.endswith("je") or len(bare) < 5:
        return word
    if bare in _NEVER_INFLECTED:
        return bare
    options = []
    if bare.endswith("etje") and len(bare) > 6:  # bloemetje, balletje
        options.append(bare[:-5] if bare[-5] == bare[-6] else bare[:-4])
    if bare.endswith("mpje"):
        options.append(bare[:-3])
    if bare.endswith("inkje"):
        options.append(bare[:-3] + "g")
    if _LONG.match(bare[-5:]) and bare.endswith("tje"):  # autootje
        options.append(bare[:-4])
    elif _T_BEFORE_JE.search(bare):  # tuintje, eitje
        options.append(bare[:-3])
    options.append(bare[:-2])
    for is_right in (_is_base_form, _is_form):
        for option in options:
            if is_right(option):
                return option
    return options[0]


def _without_s(word: str) -> str:
    """Return the singular of a plural in s, unless the dictionary says that the s belongs."""
    rest = word[:-1]
    if not word.endswith("s") or len(word) < 5 or word[-2] == "s" or _is_base_form(word):
        return word
    regular = rest.endswith(_PLURAL_IN_S) and len(_SYLLABLE.findall(rest)) > 1
    if regular and rest.endswith("en"):  # tekens, but not wijkgrens
        spelling = word.replace("ÿ", "ij")
        regular = _lemma(spelling) != spelling
    return rest if regular or _is_base_form(rest) else word

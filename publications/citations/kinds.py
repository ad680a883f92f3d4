"""What a kind of publication is called in other people's formats."""

from typing import NamedTuple


class KindOfWork(NamedTuple):
    """`publisher` is the BibTeX field that names who brought the work out."""

    csl: str
    bibtex: str
    publisher: str
    ris: str
    schema: str


REPORT = KindOfWork("report", "techreport", "institution", "RPRT", "Report")
ARTICLE = KindOfWork("article-journal", "article", "publisher", "JOUR", "ScholarlyArticle")
OTHER = KindOfWork("document", "misc", "howpublished", "GEN", "CreativeWork")

OF_SLUG = {
    "onderzoek": REPORT,
    "wetenschappelijk-artikel": ARTICLE,
    "proefschrift-of-scriptie": KindOfWork("thesis", "phdthesis", "school", "THES", "Thesis"),
    "boek": KindOfWork("book", "book", "publisher", "BOOK", "Book"),
    "visiestuk": OTHER,
    "beleidsdocument": REPORT._replace(ris="GOVDOC", schema="DigitalDocument"),
    "advies": REPORT,
    "handreiking": KindOfWork("report", "manual", "organization", "RPRT", "LearningResource"),
    "casusbundel": REPORT,
    "evaluatie": REPORT,
    "monitor": REPORT,
    "beeld-en-geluid": OTHER._replace(ris="MULTI", schema="MediaObject"),
}


def kind_of_work(publication) -> KindOfWork:
    """Return the words for a publication. One that stood in a journal is an article, always."""
    if publication.journal:
        return ARTICLE
    return OF_SLUG.get(publication.kind.slug if publication.kind else "", OTHER)

"""The PDFs of the invented publications: drawn here, so that none of them is somebody's work."""

import datetime
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from fpdf import FPDF

from publications.models import PublicationPage

FONT_FILE = "fonts/source-sans-3-latin-wght-normal.woff2"
FONT = "Source Sans"
WEIGHTS = {"": 400, "B": 700}
UNUSED_TABLES = ("GDEF", "GPOS", "GSUB")  # finer typesetting than fpdf does
INVENTED = "Verzonnen voorbeeld"
# Per pillar: the ground and the knob of its covers, and which way the hand of the knob points.
LOOKS = {
    "sociaaleconomische-zekerheid": ("#b23a1e", "#ffa283", (1, 1)),
    "sociale-inclusie": ("#1b4f9c", "#8fc0ff", (1, -1)),
    "sociale-cohesie": ("#17604a", "#6ed3a9", (-1, 1)),
    "sociale-empowerment": ("#752a6d", "#e79cde", (-1, -1)),
}
INK, YELLOW, PAPER = "#241915", "#ffc629", "#fffdf9"
WIDTH, MARGIN = 210, 22
COVER_GROUND = 165


@contextmanager
def font_files() -> Iterator[dict[str, Path]]:
    """Give the site's font as files that a PDF can hold, one per weight, while the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for style, weight in WEIGHTS.items():
            font = TTFont(finders.find(FONT_FILE))
            for table in UNUSED_TABLES:
                del font[table]
            font = instantiateVariableFont(font, {"wght": weight})
            font.flavor = None
            files[style] = Path(folder, f"{weight}.ttf")
            font.save(files[style])
        yield files


def draw_pdf(
    publication: PublicationPage, pillar: str, document: dict, fonts: dict[str, Path]
) -> bytes:
    """
    Return the PDF of an invented publication: a title page in the colours of `pillar`, and a page
    per part of its text.

    The same text gives the same bytes.
    """
    pdf = ExamplePDF(document["title"], *LOOKS[pillar])
    for style, file in fonts.items():
        pdf.add_font(FONT, style, file)
    authors = [author.name for author in publication.authors.all()]
    pdf.set_title(document["title"])
    pdf.set_author(", ".join(authors))
    pdf.set_subject(INVENTED)
    pdf.set_lang(document["language"])
    pdf.set_creation_date(
        datetime.datetime(publication.year or 2025, publication.month or 1, 1, tzinfo=datetime.UTC)
    )
    pdf.set_display_mode("fullpage")
    made_by = [*authors, *([publication.organisation] if publication.organisation else [])]
    pdf.title_page(
        publication.kind.label if publication.kind else "",
        publication.subtitle,
        [*dict.fromkeys(made_by), publication.published_on],
        notice=document["pages"][0][1][0],
    )
    for heading, paragraphs in document["pages"]:
        pdf.text_page(heading, paragraphs)
    out = io.BytesIO()
    pdf.output(out)
    return out.getvalue()


class ExamplePDF(FPDF):
    def __init__(self, title: str, ground: str, knob: str, hand: tuple[int, int]):
        super().__init__(format="A4")
        self.name, self.ground, self.knob, self.hand = title, ground, knob, hand
        self.alias_nb_pages()
        self.set_margins(MARGIN, 26)
        self.set_auto_page_break(True, margin=24)

    def title_page(self, kind: str, subtitle: str, made_by: list[str], *, notice: str) -> None:
        self.add_page()
        self._rect(PAPER, 0, 0, WIDTH, 297)
        self._rect(self.ground, 0, 0, WIDTH, COVER_GROUND)
        self._knob(x=138, y=84, radius=66)
        self._line(INVENTED, y=18, size=13, style="B", ground=YELLOW)
        self.set_y(COVER_GROUND + 12)
        self.set_text_color(self.ground)
        self._text(kind, size=15, style="B", height=8)
        self.set_text_color(INK)
        self._text(self.name, size=34 if len(self.name) < 30 else 29, style="B", height=13)
        self.ln(2)
        self._text(subtitle, size=16, height=8)
        self.ln(5)
        self._text("\n".join(made_by), size=12, height=6)
        self.set_auto_page_break(False)
        self.set_y(275)
        self._text(notice, size=10, height=5)
        self.set_auto_page_break(True, margin=24)

    def text_page(self, heading: str, paragraphs: list[str]) -> None:
        self.add_page()
        self.set_text_color(self.ground)
        self._text(heading, size=20, style="B", height=10)
        self.ln(4)
        self.set_text_color(INK)
        for paragraph in paragraphs:
            self._text(paragraph, size=11.5, height=6)
            self.ln(3)

    def header(self):
        if self.page > 1:
            self._rect(self.ground, 0, 0, WIDTH, 9)

    def footer(self):
        if self.page > 1:
            self.set_y(-16)
            self.set_text_color(INK)
            self.set_font(FONT, size=9)
            self.cell(110, 6, f"{self.name} – {INVENTED.lower()}")
            self.cell(0, 6, f"{self.page} / {{nb}}", align="R")

    def _text(self, text: str, *, size: float, height: float, style: str = "") -> None:
        self.set_font(FONT, style, size)
        self.multi_cell(0, height, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _line(self, text: str, *, y: float, size: float, style: str, ground: str) -> None:
        self.set_font(FONT, style, size)
        self.set_fill_color(ground)
        self.set_text_color(INK)
        self.set_y(y)
        self.cell(self.get_string_width(text) + 10, 11, text, fill=True, align="C")

    def _rect(self, colour: str, x: float, y: float, width: float, height: float) -> None:
        self.set_fill_color(colour)
        self.rect(x, y, width, height, style="F")

    def _knob(self, x: float, y: float, radius: float) -> None:
        """Draw the motif of the site: a knob, with a hand that points to the pillar's corner."""
        self.set_fill_color(self.knob)
        self.circle(x, y, radius, style="F")
        self.set_draw_color(INK)
        self.set_line_width(radius / 4.5)
        reach = radius * 0.52
        self.line(x, y, x + self.hand[0] * reach, y + self.hand[1] * reach)

"""The building blocks of stories, articles and writing tips."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

# Names of the sites where most videos are.
VIDEO_HOSTS = {"youtube.com": "YouTube", "youtu.be": "YouTube", "vimeo.com": "Vimeo"}
TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        label = "tussenkop"
        icon = "title"
        template = "stories/blocks/heading.html"


class TextBlock(blocks.RichTextBlock):
    class Meta:
        label = "tekst"
        icon = "pilcrow"
        template = "stories/blocks/text.html"


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label="afbeelding")
    caption = blocks.CharBlock(label="bijschrift", required=False, max_length=250)

    class Meta:
        label = "afbeelding"
        icon = "image"
        template = "stories/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock(label="citaat")
    speaker = blocks.CharBlock(label="wie zegt dit?", required=False, max_length=150)

    class Meta:
        label = "citaat"
        icon = "openquote"
        template = "stories/blocks/quote.html"


class WorksBlock(blocks.StructBlock):
    works = blocks.ListBlock(blocks.TextBlock(label="wat werkt", rows=2), label="Wat werkt")
    fails = blocks.ListBlock(
        blocks.TextBlock(label="wat werkt niet", rows=2), label="Wat werkt niet"
    )

    class Meta:
        label = "wat werkt / wat werkt niet"
        icon = "list-ul"
        template = "stories/blocks/works.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="stap", max_length=120, help_text="Begin met wat je doet.")
    text = blocks.TextBlock(label="uitleg", required=False, rows=3)


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="kop", default="Zo doe je het", max_length=120)
    steps = blocks.ListBlock(StepBlock(), label="stappen")

    class Meta:
        label = "zo doe je het"
        icon = "list-ol"
        template = "stories/blocks/steps.html"


class CardBlock(blocks.StructBlock):
    """
    A card of another page. It shows while that page is public. The page that has the body fetches
    all its cards at once and hands them over as `cards` (`cards_of`), so that twelve take no more
    queries than one.
    """

    END = TO = ""
    LABEL = "Lees ook"

    def get_api_representation(self, value, context=None):
        page = value[self.END]
        return page and {"title": page.title, "html_url": page.full_url, "why": value["why"]}

    def get_searchable_content(self, value):
        return []  # why to read a page that may be hidden tomorrow

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        chosen, cards = value[self.END], (parent_context or {}).get("cards", {})
        shown = cards.get(self.END, {}).get(chosen and chosen.pk)
        end = "publication" if self.TO == "publication" else "page"
        context["link"] = {end: shown, "why": value["why"]} if shown else None
        context["to"], context["label"] = self.TO, self.LABEL
        return context


class PublicationCardBlock(CardBlock):
    END = TO = "publication"

    publication = blocks.PageChooserBlock("publications.PublicationPage", label="publicatie")
    why = blocks.CharBlock(label="waarom staat die hier?", required=False, max_length=300)

    class Meta:
        label = "kaart van een publicatie"
        icon = "doc-full"
        template = "stories/blocks/card.html"


class StoryCardBlock(CardBlock):
    END, TO = "page", "story"

    page = blocks.PageChooserBlock("stories.StoryPage", label="verhaal")
    why = blocks.CharBlock(label="waarom staat dat hier?", required=False, max_length=300)

    class Meta:
        label = "kaart van een verhaal"
        icon = "doc-full-inverse"
        template = "stories/blocks/card.html"


class ArticleCardBlock(CardBlock):
    END = TO = "article"
    LABEL = "Denk mee"

    article = blocks.PageChooserBlock("stories.ArticlePage", label="artikel")
    why = blocks.CharBlock(label="waarom lees je dit?", max_length=300)

    class Meta:
        label = "artikel"
        icon = "edit"
        template = "stories/blocks/card.html"


class VideoValue(blocks.StructValue):
    @property
    def host(self) -> str:
        """The name that people know the video's site by."""
        host = urlsplit(self["url"]).hostname.removeprefix("www.").removeprefix("m.")
        return VIDEO_HOSTS.get(host, host)


class VideoBlock(blocks.StructBlock):
    """
    A link to a video at its host, with a picture of our own: no player in the page.

    So nothing of another host is loaded, before a click nor after it: no frame, script or cookie,
    no question for consent, and nothing that fails without JavaScript. Visitors get the player they
    know, with its captions; whoever cannot or will not watch reads the text.
    """

    title = blocks.CharBlock(label="titel van de video", max_length=200)
    url = blocks.URLBlock(label="adres van de video", max_length=1000)
    minutes = blocks.IntegerBlock(label="minuten", required=False, min_value=1, max_value=600)
    picture = ImageBlock(label="stilstaand beeld", required=False)
    transcript = blocks.RichTextBlock(
        label="wat je ziet en hoort",
        required=False,
        features=["bold", "italic"],
        help_text="Voor wie de video niet kan zien of horen.",
    )

    class Meta:
        label = "video"
        icon = "media"
        template = "stories/blocks/video.html"
        value_class = VideoValue

    def clean(self, value):
        cleaned = super().clean(value)
        if urlsplit(cleaned["url"]).scheme not in ("http", "https"):
            error = ValidationError("Plak een adres dat begint met https://.")
            raise blocks.StructBlockValidationError({"url": error})
        return cleaned


class CardsBlock(blocks.StreamBlock):
    """Blocks with cards of other pages between them. The API tells of those that are public."""

    def get_api_representation(self, value, context=None):
        told = super().get_api_representation(value, context)
        chosen = [
            (child.value[child.block.END] if isinstance(child.block, CardBlock) else None, item)
            for child, item in zip(value or (), told or (), strict=True)
            if not isinstance(child.block, CardBlock) or child.value[child.block.END]
        ]
        cards, public = [page.pk for page, _ in chosen if page], set()
        if cards:
            shown = Page.objects.live().public().filter(pk__in=cards)
            public = set(shown.values_list("pk", flat=True))
        return [item for page, item in chosen if page is None or page.pk in public]


class BodyBlock(CardsBlock):
    heading = HeadingBlock(max_length=120)
    text = TextBlock(features=TEXT_FEATURES)
    picture = PictureBlock()
    quote = QuoteBlock()
    works = WorksBlock()
    steps = StepsBlock()
    publication = PublicationCardBlock()
    story = StoryCardBlock()
    video = VideoBlock()


def article_beginning() -> list[tuple[str, str]]:
    """Return what stands in a new article: the steps of the writing tip “zes stappen”."""
    steps = (
        "Wat is er aan de hand?",
        "Wat deden jullie?",
        "Wat leverde het op?",
        "Wat zegt onderzoek?",
        "Wat kan een ander morgen doen?",
    )
    blocks = [("text", "")]  # where we are, and who is there
    for step in steps:
        blocks += [("heading", step), ("text", "")]
    return blocks


class DossierPublicationBlock(PublicationCardBlock):
    LABEL = "Wat zegt onderzoek?"

    why = blocks.CharBlock(label="waarom lees je dit?", max_length=300)


class DossierStoryBlock(StoryCardBlock):
    LABEL = "Zo gaat het in de praktijk"

    why = blocks.CharBlock(label="waarom lees je dit?", max_length=300)


class DossierBlock(CardsBlock):
    heading = HeadingBlock(max_length=120)
    text = TextBlock(features=TEXT_FEATURES)
    publication = DossierPublicationBlock(label="publicatie")
    story = DossierStoryBlock(label="verhaal")
    article = ArticleCardBlock()


def chosen_in(body, block_type: str, name: str) -> list[int]:
    """Return the ids of the pages on the cards of one kind in a body."""
    found = [
        block["value"] for block in (body.raw_data if body else ()) if block["type"] == block_type
    ]
    return [value[name] for value in found if value.get(name)]

"""The building blocks of stories, articles and writing tips."""

from wagtail import blocks
from wagtail.images.blocks import ImageBlock

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


class BodyBlock(blocks.StreamBlock):
    heading = HeadingBlock(max_length=120)
    text = TextBlock(features=TEXT_FEATURES)
    picture = PictureBlock()
    quote = QuoteBlock()

"""What the public templates cannot say simply: icons, knobs and drawn covers."""

from urllib.parse import urljoin

from django import template
from django.apps import apps
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html

from publications.exchange.exports import EXPORTS
from publications.models import PillarPage

register = template.Library()

# Each kind of publication has its own place and size for the knob on a drawn cover: x, y and width
# in a frame of 120 by 160. The sprite has an icon `soort-<slug>` for each of them.
KNOB_ON_COVER = {
    "onderzoek": (2, -36, 150),
    "wetenschappelijk-artikel": (-16, -8, 120),
    "proefschrift-of-scriptie": (-15, -15, 150),
    "boek": (-42, -22, 150),
    "visiestuk": (-34, -44, 170),
    "beleidsdocument": (14, -10, 118),
    "advies": (24, -50, 170),
    "handreiking": (-14, -44, 150),
    "casusbundel": (6, -20, 120),
    "evaluatie": (12, -6, 120),
    "monitor": (-34, -62, 184),
    "beeld-en-geluid": (0, -12, 120),
}
KNOBS = ("zekerheid", "cohesie", "inclusie", "empowerment")
KNOB_OF_OTHER_KINDS = (0, -20, 120)


@register.filter
def knob(slug):
    """Return the short name of a pillar, as the sprite and the style sheet know it."""
    return slug.rpartition("-")[2]


@register.filter
def soft_hyphens(label):
    """Tell the browser where the one long word among our labels may break."""
    return label.replace("Sociaaleconomische", "Sociaal\u00adeconomische")


@register.filter
def lang(language):
    """Mark words in another language, for whoever listens to the page."""
    return "" if language in ("", "nl", "mul") else format_html(' lang="{}"', language)


@register.filter
def listed(names):
    """Join names as a sentence does: “a, b en c”."""
    *others, last = names or [""]
    return f"{', '.join(others)} en {last}" if others else last


@register.filter
def page_numbers(page):
    """Return the numbers to show below a long list, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.simple_tag
def icon(name, css_class="icon"):
    """Draw one symbol of the sprite. It says nothing to a screen reader: the words beside it do."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css_class,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def full_address(name):
    """Return the full address of a static file, for programs elsewhere."""
    return urljoin(settings.BASE_URL, static(name))


@register.simple_tag
def share_picture(page):
    """Return the full address of the picture for its first pillar, or else that of the site."""
    if hasattr(page, "pillar"):
        pillars = [page.pillar]
    else:
        pillars = page.pillars.all()[:1] if hasattr(page, "pillars") else []
    names = [name for pillar in pillars if (name := knob(pillar.slug)) in KNOBS]
    return full_address(f"img/share-{names[0]}.png" if names else "img/share.png")


def symbol_of(kind) -> str:
    """Return the symbol of a kind of publication; of a book for a kind that editors added."""
    return f"soort-{kind.slug}" if kind and kind.slug in KNOB_ON_COVER else "soort-boek"


@register.simple_tag
def export_formats():
    """Return the forms in which a list of publications can be taken along."""
    return list(EXPORTS.values())


@register.simple_tag
def control(field):
    """Show the control of a field. The browser checks nothing: the server says what is wrong."""
    attrs = {"class": "input"}
    if field.field.required:
        attrs["aria-required"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def kind_icon(kind):
    return icon(symbol_of(kind), "soort__icon")


@register.inclusion_tag("includes/cover.html")
def cover(publication, size=""):
    """
    Show the cover of a publication: its own, or else one drawn from its kind and pillars.

    The ground is the first pillar; the kind decides where the knob lies; a second pillar is small
    at the right. `size` is "groot" where the cover is large, "mini" in a bridge, empty in a list.
    """
    kind = publication.kind
    first, second, *_ = [*(knob(pillar.slug) for pillar in publication.pillars.all()), "", ""]
    x, y, width = KNOB_ON_COVER.get(kind.slug if kind else "", KNOB_OF_OTHER_KINDS)
    return {
        "image": publication.cover_image,
        "size": size,
        "css_class": "cover cover--mini" if size == "mini" else "cover",
        "symbol": symbol_of(kind),
        "first": first,
        "second": second,
        "x": x,
        "y": y,
        "width": width,
    }


@register.inclusion_tag("includes/pillar_chips.html", takes_context=True)
def pillar_chips(context, pillars):
    """Show pillars as links to their pages. One query, however many there are."""
    pages = {page.pillar_id: page for page in PillarPage.objects.live().public()}
    chips = [(pillar, pages.get(pillar.pk)) for pillar in pillars]
    return {"request": context.get("request"), "chips": chips}


@register.simple_tag
def takes_questions():
    """Tell whether the site has a place for questions, and so a form to ask one."""
    return apps.get_model("stories", "QuestionIndexPage").objects.live().public().exists()

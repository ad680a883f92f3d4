from django import template
from wagtail.models import Site

register = template.Library()


@register.simple_tag(takes_context=True)
def menu_pages(context):
    """Return the pages that editors put in the menu, in the order of the page tree."""
    site = Site.find_for_request(context["request"]) if "request" in context else None
    return site.root_page.get_children().live().public().in_menu() if site else []

from typing import Any

from django import template
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from cms import public_pages
from cms.prepared import Given, prepared

register = template.Library()


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages of the main menu: title, url, and whether it is where the visitor is."""
    request = context.get("request")
    site = Site.find_for_request(request) if request else None
    if site is None:
        return []
    here = request.path
    root = site.root_page
    return [
        {"title": page.title, "url": url, "current": here.startswith(url)}
        for page in _in_menu(path=root.path, depth=root.depth + 1)
        if (url := page.get_url(request))
    ]


@prepared
def _in_menu() -> PageQuerySet:
    below = Page.objects.filter(path__startswith=Given("path"), depth=Given("depth"))
    return public_pages.of(below).in_menu()

from typing import Any

from django import template
from wagtail.models import Page, Site

from cms import public_pages

register = template.Library()


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages of the main menu: title, url, and whether it is where the visitor is."""
    request = context.get("request")
    site = Site.find_for_request(request) if request else None
    if site is None:
        return []
    here = request.path
    pages = public_pages.of(Page.objects.child_of(site.root_page)).in_menu()
    return [
        {"title": page.title, "url": url, "current": here.startswith(url)}
        for page in pages
        if (url := page.get_url(request))
    ]

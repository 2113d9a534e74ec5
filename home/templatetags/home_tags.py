from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest

from home import navigation

register = template.Library()


@register.filter
def names_session(request: HttpRequest | None) -> bool:
    """Say whether a browser sends a session cookie, without reading the session."""
    return settings.SESSION_COOKIE_NAME in getattr(request, "COOKIES", ())


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages of the main menu: title, url, and whether the visitor is there."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    return [
        {"title": entry.page.title, "url": entry.url, "current": request.path.startswith(entry.url)}
        for entry in navigation.main_menu(request)
    ]


@register.simple_tag(takes_context=True)
def other_links(context: dict[str, Any]) -> list[navigation.OtherEntry]:
    """Return the other links at the foot of the site: label and url."""
    request: HttpRequest | None = context.get("request")
    return [] if request is None else navigation.other_links(request)


@register.simple_tag(takes_context=True)
def site_links(context: dict[str, Any]) -> dict[str, str]:
    """Return the URLs of a site's first blog, first contact page and privacy page; empty for none."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return {}
    pages = navigation.linked_pages(request)
    return {name: pages[name].get_url(request) if name in pages else "" for name in navigation.KINDS}

"""Where a site leads: its menu, and its blog, contact page and privacy page."""

from typing import NamedTuple

from django.http import HttpRequest
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.brand.models import SiteIdentity
from cms.reading import public_pages
from cms.reading.prepared import Given, prepared
from cms.reading.sites import find_site

KINDS = ("blog", "contact", "privacy")
LINKED = {"blogindexpage": "blog", "contactpage": "contact"}
MOST_LINKED = 50  # pages of both kinds


class Entry(NamedTuple):
    page: Page
    url: str


def main_menu(request: HttpRequest) -> list[Entry]:
    """Return the public pages at the top of the requested site that ask to be in its menu."""
    site = find_site(request)
    root = site and site.root_page
    found = _in_menu(path=root.path, depth=root.depth + 1) if root else []
    return [Entry(page, url) for page in found if (url := page.get_url(request))]


def linked_pages(request: HttpRequest) -> dict[str, Page]:
    """Return the first blog and contact page and the privacy page of the requested site, by ``KINDS``."""
    site = find_site(request)
    if site is None:
        return {}
    found: dict[str, Page] = {}
    for page in _blogs_and_contact_pages(path=site.root_page.path):
        found.setdefault(LINKED[page.content_type.model], page)
    privacy = SiteIdentity.for_request(request).privacy_page
    if privacy and privacy.live:
        found["privacy"] = privacy
    return {name: page for name, page in found.items() if page.get_url(request)}


@prepared
def _blogs_and_contact_pages() -> PageQuerySet:
    kinds = {"content_type__app_label__in": ("blog", "home"), "content_type__model__in": tuple(LINKED)}
    below = Page.objects.filter(path__startswith=Given("path"), **kinds)
    return public_pages.of(below).select_related("content_type").order_by("path")[:MOST_LINKED]


@prepared
def _in_menu() -> PageQuerySet:
    below = Page.objects.filter(path__startswith=Given("path"), depth=Given("depth"))
    return public_pages.of(below).in_menu()

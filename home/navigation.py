"""Where a site leads: its menu, its footer links, and its blog, contact page and privacy page."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from cms.brand.models import SiteIdentity
from cms.reading import public_pages
from cms.reading.prepared import Given, prepared
from cms.reading.sites import find_site
from home.models import MOST_FOOTER_LINKS, FooterLink, FooterLinks

UNSAVED = "unsaved_navigation"  # of a request that shows a menu and links before they are saved
KINDS = ("blog", "contact", "privacy")
LINKED = {"blogindexpage": "blog", "contactpage": "contact"}
MOST_LINKED = 50  # pages of both kinds


class Entry(NamedTuple):
    page: Page
    url: str


class OtherEntry(NamedTuple):
    """A link at the foot of every page; ``page`` is empty for an address elsewhere."""

    label: str
    url: str
    page: Page | None = None


class Unsaved(NamedTuple):
    """``menu``: ids of the pages that shall be in it; ``links``: label, page or None, address."""

    menu: frozenset[int]
    links: list[tuple[str, Page | None, str]]


def main_menu(request: HttpRequest) -> list[Entry]:
    """Return the public pages at the top of the requested site that ask to be in its menu."""
    unsaved: Unsaved | None = getattr(request, UNSAVED, None)
    found: Iterable[Page]
    if unsaved is None:
        found = _pages_of_menu(request)
    else:
        found = at_top(find_site(request)).filter(pk__in=unsaved.menu)
    return [Entry(page, url) for page in found if (url := page.get_url(request))]


def at_top(site: Site | None) -> PageQuerySet:
    """Return the public pages that may be in the menu of a site, in the order of the tree."""
    below = site.root_page.get_children() if site else Page.objects.none()
    return public_pages.of(below).order_by("path")


def other_links(request: HttpRequest) -> list[OtherEntry]:
    """Return the other links at the foot of the requested site: of pages, those that anyone may read."""
    unsaved: Unsaved | None = getattr(request, UNSAVED, None)
    links = _saved_links(request) if unsaved is None else unsaved.links
    entries = (
        OtherEntry(label, page.get_url(request) or "" if page else address, page)
        for label, page, address in links
    )
    return [entry for entry in entries if entry.url]


def _pages_of_menu(request: HttpRequest) -> list[Page]:
    site = find_site(request)
    root = site and site.root_page
    return _in_menu(path=root.path, depth=root.depth + 1) if root else []


def _saved_links(request: HttpRequest) -> list[tuple[str, Page | None, str]]:
    site = find_site(request)
    links = _known_links(site.pk) if site else []
    ids = [page for _, page, _ in links if page]
    pages = {page.pk: page for page in public_pages.of(Page.objects.filter(pk__in=ids))} if ids else {}
    return [(label, pages.get(page), address) for label, page, address in links if not page or page in pages]


def _known_links(site_id: int) -> list[tuple[str, int | None, str]]:
    """Return them as they were a second ago at most: every page shows them, and few sites have any."""
    links: list[tuple[str, int | None, str]] | None = cache.get(_key(site_id))
    if links is None:
        links = [(link.label, link.page_id, link.address) for link in _links(site_id=site_id)]
        cache.set(_key(site_id), links, settings.BRAND_KEPT)
    return links


def forget_links(instance: FooterLinks, **signal: Any) -> None:
    """Read them anew once they are saved; other processes do within a second."""
    transaction.on_commit(lambda: cache.delete(_key(instance.site_id)), robust=True)


def _key(site_id: int) -> str:
    return f"footer-links-{site_id}"


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
def _links() -> QuerySet[FooterLink]:
    links = FooterLink.objects.filter(footer__site=Given("site_id")).order_by("sort_order", "pk")
    return links[:MOST_FOOTER_LINKS]


@prepared
def _in_menu() -> PageQuerySet:
    below = Page.objects.filter(path__startswith=Given("path"), depth=Given("depth"))
    return public_pages.of(below).in_menu()

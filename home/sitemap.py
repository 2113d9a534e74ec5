"""
The sitemap of the requested site; an empty one where there is no such site.

A site of more than A_SECTION pages has an index there, whose sections are at the same address, `?p=2`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from math import ceil

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.http import http_date
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.pages.search_engines import SearchEnginesMixin
from cms.reading import public_pages
from cms.reading.sites import find_site
from cms.text.numbers import read_number

A_SECTION = 1000  # pages
SHOWN = (
    "path",
    "depth",
    "slug",
    "url_path",
    "locale",
    "content_type",
    "last_published_at",
    "latest_revision_created_at",
)
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemap(request: HttpRequest) -> HttpResponse:
    """Raises Http404 for a section that is not there."""
    pages = _pages(request)
    number = read_number(request.GET.get("p", "1"))
    if not number:
        raise Http404
    if "p" not in request.GET and pages.values("pk")[A_SECTION : A_SECTION + 1].exists():
        return _answer("sitemapindex", "sitemap", _sections(request, pages.order_by().count()))
    section = list(pages.only(*SHOWN)[(number - 1) * A_SECTION : number * A_SECTION])
    if not section and number > 1:
        raise Http404
    return _answer("urlset", "url", _places(section, request))


def _pages(request: HttpRequest) -> PageQuerySet:
    """An alias is in no sitemap: its address for search engines is that of its source."""
    if find_site(request) is None:
        return Page.objects.none()
    pages = public_pages.in_site(Page.objects.filter(alias_of=None), request)
    return public_pages.of(pages).order_by("path")


def _sections(request: HttpRequest, count: int) -> Iterable[tuple[str, None]]:
    site = find_site(request)
    address = f"{site.root_url if site else ''}{request.path}"
    return [(f"{address}?p={number}", None) for number in range(1, ceil(count / A_SECTION) + 1)]


def _places(pages: list[Page], request: HttpRequest) -> Iterable[tuple[str, datetime | None]]:
    unlisted = _unlisted(pages)
    for page in pages:
        address = page.get_full_url(request)
        if address and page.pk not in unlisted:
            yield address, page.last_published_at or page.latest_revision_created_at


def _unlisted(pages: list[Page]) -> set[int]:
    """Return the keys of those that are hidden from search engines: a column of their own types."""
    kinds: dict[type[Page], list[int]] = defaultdict(list)
    for page in pages:
        if issubclass(page.specific_class or Page, SearchEnginesMixin):
            kinds[page.specific_class].append(page.pk)
    hidden = (kind.objects.filter(pk__in=keys, noindex=True) for kind, keys in kinds.items())
    return {pk for found in hidden for pk in found.values_list("pk", flat=True)}


def _answer(whole: str, part: str, places: Iterable[tuple[str, datetime | None]]) -> HttpResponse:
    listed = list(places)
    rows = [
        f"<{part}><loc>{escape(address)}</loc>{f'<lastmod>{at.date()}</lastmod>' if at else ''}</{part}>\n"
        for address, at in listed
    ]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} {NAMESPACE}>\n{"".join(rows)}</{whole}>\n'
    moments = [at for _, at in listed if at]
    whole_list = moments and len(moments) == len(listed)
    known = {"Last-Modified": http_date(max(moments).timestamp())} if whole_list else {}
    headers = {"X-Robots-Tag": "noindex, noodp, noarchive", **known}
    return HttpResponse(body, content_type="application/xml; charset=utf-8", headers=headers)

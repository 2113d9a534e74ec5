"""Search over public pages."""

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from modelsearch.backends.base import BaseSearchResults
from wagtail.models import Page

from cms.rate_limit import clients, reading
from cms.reading import public_pages
from cms.search import words

RESULTS_A_PAGE = 10
MOST_RESULTS = 500
MOST_A_MINUTE = 120  # of one network, which may be that of an office


def search(request: HttpRequest) -> HttpResponse:
    """Raises TooManyError for one client that searches again and again."""
    query = " ".join(request.GET.get("q", "")[: words.LONGEST_QUERY].replace("\0", " ").split())
    results = _page_of_results(query, request) if words.query_terms(query) else None
    return render(request, "home/search.html", {"query": query, "results": results})


def _page_of_results(query: str, request: HttpRequest) -> PageOfResults:
    return Paginator(find(query, request), RESULTS_A_PAGE).get_page(request.GET.get("page"))


def find(query: str, request: HttpRequest) -> BaseSearchResults:
    """Return the public pages that match, the best first. Raises TooManyError."""
    reading.take(clients.client_of(request, "search"), most=MOST_A_MINUTE, seconds=60)
    return public_pages.searchable(request).specific().search(query)[:MOST_RESULTS]


def text_of(page: Page) -> str:
    """Return what a result shows of a page: its summary, then its body."""
    said = [getattr(page, name, "") for name in ("search_description", "standfirst", "introduction")]
    body = getattr(page, "body", None)
    blocks = body.stream_block.get_searchable_content(body) if body is not None else ()
    return strip_tags(" ".join(filter(None, (*said, *blocks))))

"""Search over public pages."""

import re

from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page, Site

RESULTS_A_PAGE = 10
LONGEST_QUERY = 200

_WORD = re.compile(
    r"\w+"
)  # the rest is syntax to SQLite's index, in which a visitor's stray quote is an error


def search(request: HttpRequest) -> HttpResponse:
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_QUERY]
    words = _WORD.findall(query.lower())
    results = find(" ".join(words), request) if words else None
    return render(request, "home/search.html", {"query": query, "results": results})


def find(query: str, request: HttpRequest) -> PageOfResults:
    """Return one page of the public pages that match."""
    site = Site.find_for_request(request)
    pages = Page.objects.live().public().descendant_of(site.root_page, inclusive=True)
    return Paginator(pages.specific().search(query), RESULTS_A_PAGE).get_page(request.GET.get("page"))

"""Wagtail's door to its pages, for each method that a page takes."""

from django.http import HttpRequest, HttpResponse
from wagtail.models import Page
from wagtail.views import serve as serve_page

from cms.http import methods
from cms.reading.sites import find_site


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a page. On the way to another one, of the front page only what the tree knows is read."""
    site = find_site(request)
    if site and path:
        site.root_page.specific = site.root_page.specific_deferred
    route = Page.route_for_request(request, path)  # which Wagtail's own then finds at the request
    view = route.args[0] if route and route.args else None
    needs_none = methods.answer_without(request, methods.of(view)) if route else None
    return needs_none or serve_page(request, path)

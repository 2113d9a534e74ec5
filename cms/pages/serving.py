"""Wagtail's door to its pages, reached in one prepared query: Wagtail finds site and front page in two."""

from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from wagtail.models import Page, Site
from wagtail.models.sites import (
    MATCH_DEFAULT,
    MATCH_HOSTNAME,
    MATCH_HOSTNAME_DEFAULT,
    MATCH_HOSTNAME_PORT,
)
from wagtail.views import serve as serve_page

from cms.http import methods
from cms.reading.prepared import Given, prepared


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a page. On the way to another one, of the front page only what the tree knows is read."""
    site = find_site(request)
    request._wagtail_site = site  # type: ignore[attr-defined]  # where Wagtail 8.0 looks for it
    if site and path:
        site.root_page.specific = site.root_page.specific_deferred
    route = Page.route_for_request(request, path)  # which Wagtail's own then finds at the request
    view = route.args[0] if route and route.args else None
    needs_none = methods.answer_without(request, methods.of(view)) if route else None
    return needs_none or serve_page(request, path)


def find_site(request: HttpRequest) -> Site | None:
    """Return the site a request is for, as ``Site.find_for_request`` does."""
    hostname = split_domain_port(request._get_raw_host())[0]  # type: ignore[attr-defined]  # the stubs leave it out
    sites = _sites(hostname=hostname, port=int(request.get_port()))
    if sites and sites[0].match == MATCH_DEFAULT:
        return sites[len(sites) == 2]  # one other site has this name, on another port
    return sites[0] if sites else None


@prepared
def _sites() -> QuerySet[Site]:
    """The sites of a name and the default one, the best match first."""
    named, default = Q(hostname=Given("hostname")), Q(is_default_site=True)
    match = Case(
        When(named & Q(port=Given("port")), then=MATCH_HOSTNAME_PORT),
        When(named & default, then=MATCH_HOSTNAME_DEFAULT),
        When(default, then=MATCH_DEFAULT),
        default=MATCH_HOSTNAME,
        output_field=IntegerField(),
    )
    sites = Site.objects.annotate(match=match).filter(named | default)
    return sites.order_by("match").select_related("root_page")

"""The site that a request is for, in one prepared query: Wagtail reads site and front page in two."""

from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.http import HttpRequest
from django.http.request import split_domain_port
from wagtail.models import Site
from wagtail.models.sites import (
    MATCH_DEFAULT,
    MATCH_HOSTNAME,
    MATCH_HOSTNAME_DEFAULT,
    MATCH_HOSTNAME_PORT,
)

from cms.reading.prepared import Given, prepared

KNOWN = "_wagtail_site"  # where Wagtail 8.0 looks for it


def find_site(request: HttpRequest) -> Site | None:
    """Return the site a request is for, as ``Site.find_for_request`` does, and leave it there for that."""
    known = vars(request)
    if KNOWN not in known:
        known[KNOWN] = _best_site(request)
    return known[KNOWN]


def _best_site(request: HttpRequest) -> Site | None:
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

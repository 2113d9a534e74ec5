"""
Visitors of an address that a page had before are led on, with the rest of the path and the query.

Wagtail writes down where a page was when its slug or its place changes. Whatever was below that address, such
as a feed, a comment or the page to reply to one, leads to the same below the new one. Who follows always ends
where the page is now; where it cannot be read, the answer stays 404.
"""

from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.encoding import iri_to_uri
from wagtail.contrib.redirects.models import Redirect

from cms.reading.sites import find_site

LONGEST = 255  # characters of an old address
MOST_PARTS = 20
STATUS = {(True, True): 301, (False, True): 302, (True, False): 308, (False, False): 307}


def lead_on(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: redirects an address that no longer exists to the new one, if that is known."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        return (_redirect(request) or response) if response.status_code == 404 else response

    return middleware


def target(request: HttpRequest) -> tuple[str, bool]:
    """Return where an address leads now, and whether permanently; empty where that is unknown."""
    return next(_targets(request), ("", False))


def _redirect(request: HttpRequest) -> HttpResponse | None:
    to, permanent = target(request)
    if not to:
        return None
    response = HttpResponseRedirect(iri_to_uri(to))
    # a form is sent on with its words: after 301 and 302 a browser would ask for the page instead
    response.status_code = STATUS[permanent, request.method in ("GET", "HEAD")]
    return response


def _targets(request: HttpRequest) -> Iterator[tuple[str, bool]]:
    """Return where to redirect to, the nearest first, and whether permanently."""
    whole, above = _old_paths(request)
    found = _redirects(request, [*whole, *above])
    for path in (*whole, *above):
        for redirect in found.get(path, ()):
            rest = request.path[len(path) :].strip("/") if path in above else ""
            to = _below_page(request, redirect, rest) if rest else _exactly(request, redirect)
            if to and not _is_here(request, to):
                yield to, redirect.is_permanent


def _old_paths(request: HttpRequest) -> tuple[list[str], list[str]]:
    """Return the spellings of a path, as Wagtail keeps it, and then each path above, the longest first."""
    asked = (request.get_full_path(), request.path)
    whole = [
        Redirect.normalise_path(path, decode_unicode=decoded) for path in asked for decoded in (True, False)
    ]
    parts = request.path.strip("/").split("/")
    above = ["/" + "/".join(parts[:end]) for end in range(min(len(parts) - 1, MOST_PARTS), 0, -1)]
    return list(dict.fromkeys(whole)), above


def _redirects(request: HttpRequest, paths: list[str]) -> dict[str, list[Redirect]]:
    """Return the redirects from some paths, those of the site itself before those of all."""
    possible = [path for path in paths if len(path) <= LONGEST and "\0" not in path]
    of_site = Q(site=find_site(request)) | Q(site=None)
    rows = Redirect.objects.filter(of_site, old_path__in=possible).select_related("redirect_page")
    found: dict[str, list[Redirect]] = {}
    for redirect in sorted(rows, key=lambda each: each.site_id is None):
        found.setdefault(redirect.old_path, []).append(redirect)
    return found


def _exactly(request: HttpRequest, redirect: Redirect) -> str:
    page = redirect.redirect_page
    if page is None:
        return redirect.redirect_link
    if not page.live or page.get_url_parts() is None:
        return ""
    return redirect.link + (_query(request) if redirect.automatically_created else "")


def _below_page(request: HttpRequest, redirect: Redirect, rest: str) -> str:
    """Return the new address of what was below a page's old address; empty where it is unknown."""
    page = redirect.redirect_page
    if page is None or not redirect.automatically_created or page.get_url_parts() is None:
        return ""
    try:
        page.specific.route(request, rest.split("/"))
    except Http404:
        return ""
    return f"{page.get_url(request)}{rest}/{_query(request)}"


def _is_here(request: HttpRequest, to: str) -> bool:
    url = urlsplit(to)
    return url.netloc in ("", request.get_host()) and unquote(url.path).strip("/") == request.path.strip("/")


def _query(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""

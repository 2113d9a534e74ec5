"""
The door of every request: whom it is for, and what proxies say of it.

A request for a host that is not this site's, or for none, is refused before anything else, at pages and
static files alike, with one short line in the log. Probes ask by the address of a machine, or in HTTP/1.0
without a host: /healthz and /readyz, which echo nothing, answer those too.
"""

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from cms.http import proxies
from cms.http.csp import dress

log = logging.getLogger(__name__)

FOR_MONITORS = ("/healthz", "/readyz")
A_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,80}", re.IGNORECASE)  # what the log may show


class HostMiddleware:
    """Comes before all others, so that none handles a request whose host is not known to be ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        proxies.believe(request.META)
        if is_of_a_monitor(request) and not is_ours(request):
            request.META["HTTP_HOST"] = settings.SITE_HOST
        return self.get_response(request) if is_ours(request) else refuse(request)


def is_of_a_monitor(request: HttpRequest) -> bool:
    """Say whether it is a probe, by the address of a machine, or in HTTP/1.0 without a host."""
    if request.path_info not in FOR_MONITORS:
        return False
    host = request.META.get("HTTP_HOST")
    if host is None:
        return request.META["SERVER_PROTOCOL"] in ("HTTP/1.0", "HTTP/1")
    return proxies.parse(host) is not None


def is_ours(request: HttpRequest) -> bool:
    try:
        return "HTTP_HOST" in request.META and bool(request.get_host())
    except DisallowedHost:
        return False


def refuse(request: HttpRequest) -> HttpResponseBase:
    log.warning("Refused a request for the host %s.", shown(request.META.get("HTTP_HOST", "")))
    response = HttpResponse(render_to_string("400.html"), status=400, headers={"Cache-Control": "no-store"})
    return dress(request, response)


def shown(host: str) -> str:
    """Return a host as the log may show it; of what cannot be one, such as a mail address, nothing."""
    if not host:
        return "(none)"
    return host.lower() if A_HOST.fullmatch(host) else "(no name of a host)"

"""
Who may post a public form: the site itself and the front ends its owner has named.

Public pages are the same bytes for everyone, so they hold no CSRF token and set no cookie. The browser's own
word takes its place: ``Origin`` where it is sent, else ``Sec-Fetch-Site`` (Fetch Metadata). A client that
sends neither is no browser acting for another site's page.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_SITE = frozenset({"same-origin", "none"})


def allowed(request: HttpRequest) -> bool:
    """Say whether a post comes from this site, a named front end, or no browser at all."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        return _is_ours(origin, request) or origin in settings.CORS_ALLOWED_ORIGINS
    return request.META.get("HTTP_SEC_FETCH_SITE", "none") in SAME_SITE


def same_site_posts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view's unsafe methods by where the request comes from, in place of a CSRF token."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in SAFE_METHODS and not allowed(request):
            return render(request, "403.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def require_trusted(request: HttpRequest) -> None:
    """Raises PermissionDenied for another site's page."""
    if not allowed(request):
        raise PermissionDenied


def require_trusted_json_post(request: HttpRequest) -> None:
    """
    Take a JSON body from the site, a named front end, or another server.

    Raises PermissionDenied for another site's page, and for a body a plain form could have sent.
    """
    require_trusted(request)
    if request.content_type != "application/json":
        raise PermissionDenied


def _is_ours(origin: str, request: HttpRequest) -> bool:
    """The same host by another scheme is another site: its pages can be forged on the network."""
    return origin in {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}

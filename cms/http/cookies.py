"""
Names of cookies. Responses that carry one are kept out of caches.

With https the prefix of a name tells browsers to accept the cookie only from this host, and only over TLS.
``__Host-`` cookies are for all paths; one with a path of its own has ``__Secure-``, which promises less.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage import cookie, fallback, session
from django.http import HttpRequest
from django.http.response import HttpResponseBase

NO_STORE = "private, no-store"


def name(plain: str) -> str:
    return f"{settings.COOKIE_PREFIX}{plain}"


def name_below_a_path(plain: str) -> str:
    return f"__Secure-{plain}" if settings.COOKIE_PREFIX else plain


class KeepPersonalMiddleware:
    """
    Keep out of every cache what is for one person: what sets a cookie, reads a session, or answers a token.

    Private pages, documents and previews are among it: the session is asked who may see one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _is_personal(request, response) and "no-store" not in response.headers.get("Cache-Control", ""):
            response["Cache-Control"] = NO_STORE
        return response


def _is_personal(request: HttpRequest, response: HttpResponseBase) -> bool:
    held = getattr(request, "session", None)
    asked = held is not None and held.accessed
    return asked or bool(response.cookies) or "HTTP_AUTHORIZATION" in request.META


class _MessageCookie(cookie.CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # it depends on a setting
        return name("messages")


class Messages(fallback.FallbackStorage):
    """Django's own, with our name for its cookie."""

    storage_classes = (_MessageCookie, session.SessionStorage)

"""
Links in mails that let their holder do one thing. Opening one changes nothing; the buttons behind it do.

A secret (``tokens``) is generated when the mail is written: a mail that is tried twice has two secrets, and
both work until they expire. The secret takes the place of log-in, cookie and CSRF token. The origin of a post
is not checked: a mail provider's one-click post has none (RFC 8058), and a browser sends none from a page
without a referrer.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}

Token = TypeVar("Token")


def page(
    find: Callable[[str], Token | None], *, unknown: str = "cms/outbox/unknown_link.html"
) -> Callable[[Callable[[HttpRequest, Token], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view for a link; an unknown and an expired link get the same 404, of a template."""

    def decorate(view: Callable[[HttpRequest, Token], HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods(METHODS)
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            found = find(token)
            response = _unknown(request, unknown) if found is None else view(request, found)
            for name, value in HEADERS.items():
                response[name] = value
            return response

        return opened

    return decorate


def _unknown(request: HttpRequest, template: str) -> HttpResponse:
    return render(request, template, status=404)

"""
The pages behind the links of mails to readers. Reading one changes nothing; its buttons do.

Who has the link may use it: the secret in it takes the place of log-in, cookie and CSRF token. Where a post
comes from is not asked: a mail provider's one-click post comes from nowhere (RFC 8058), and a browser names
no origin from a page that sends no referrer.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from blog.comments import subscribing
from blog.comments.models import Token

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def mail_page(purpose: Token.Purpose) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a link for one purpose; the same 404 for one that never was and one that has expired."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods(METHODS)
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            found = subscribing.find(token, purpose)
            response = view(request, found) if found else _page(request, "unknown", status=404)
            for name, value in HEADERS.items():
                response[name] = value
            return response

        return opened

    return decorate


@mail_page(Token.Purpose.CONFIRM)
def confirm(request: HttpRequest, token: Token) -> HttpResponse:
    if request.method == "POST":
        subscribing.confirm(token)
        return _see_other(request)
    subscription = token.comment.subscription
    waiting = subscribing.covered(token)
    return _page(
        request,
        "confirm",
        waiting=waiting.exists(),
        titles=subscribing.titles(waiting),
        ended=subscription.ended_at is not None,
    )


@mail_page(Token.Purpose.UNSUBSCRIBE)
def unsubscribe(request: HttpRequest, token: Token) -> HttpResponse:
    """End mail about a thread, or all mail. A one-click post gets its answer without a redirect."""
    subscription = token.comment.subscription
    do, one_click = request.POST.get("do"), request.POST.get("List-Unsubscribe") == "One-Click"
    if do == "never":
        subscribing.never_again(subscription.reader)
    elif do == "thread" or one_click:
        subscribing.unsubscribe(subscription)
    elif request.method == "POST":
        return _stop_page(request, token, status=422)
    return _see_other(request) if do else _stop_page(request, token)


def _stop_page(request: HttpRequest, token: Token, status: int = 200) -> HttpResponse:
    subscription = token.comment.subscription
    subscription.refresh_from_db()
    return _page(
        request,
        "unsubscribe",
        status=status,
        titles=subscribing.titles([subscription.pk]),
        ended=subscription.ended_at is not None,
        suppressed=subscribing.is_suppressed(subscription.reader),
    )


def _page(request: HttpRequest, name: str, *, status: int = 200, **words: object) -> HttpResponse:
    return render(request, f"blog/comments/mail/{name}.html", words, status=status)


def _see_other(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": request.path})

"""
A form of the admin that is sent after the log-in has ended: nothing is saved, and no word is lost.

A session expires, or ends with a new password or in another window. Wagtail then answers with its log-in
page, which forgets what was sent; and after another log-in the open form has a stale CSRF token.
"""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import csrf

WAGTAILS_LOCKED = (
    "locked"  # of the reasons that its autosave shows in our words, the one after which it continues
)
GO_BACK = _(
    "Nothing was saved: you are signed out, or this form is too long. "
    "Go back in your browser and copy your words before you reload the form."
)
OPEN_TO_ALL = (f"{settings.ADMIN_PATH}login/", f"{settings.ADMIN_PATH}password_reset/")
MOST_FIELDS = 4000  # about 700 blocks of a post
MOST_CHARACTERS = 1_000_000


class Why(NamedTuple):
    """Why nothing was saved: what a page says, and what the editor says after an autosave."""

    happened: Promise
    in_the_editor: Promise
    signed_out: bool = False


SIGNED_OUT = Why(
    _("You are signed out, and nothing was saved. Your words are still here."),
    _(
        "You are signed out, and nothing was saved. Your words are still here. "
        "Sign in in another window, then come back here and press Save draft."
    ),
    signed_out=True,
)
SIGNED_IN_AGAIN = Why(
    _("You signed in again after you opened this form, and nothing was saved. Your words are still here."),
    _(
        "You signed in again after you opened this form, and nothing was saved. Your words are still here. "
        "Press Save draft to continue."
    ),
)
TOO_LONG = Why(
    _("You are signed out, or the form is too long. Nothing was saved; your words are still here."),
    _(
        "You are signed out, or the form is too long. Nothing was saved; your words are still here. "
        "Sign in in another window, then come back here and press Save draft."
    ),
)


class KeepWordsMiddleware:
    """Replace the log-in page that answers a form by a page that can send the form again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        return _keep_words(request, SIGNED_OUT) if _asks_to_log_in(request, response) else response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is no longer the session's; a form of another site, as Django does."""
    if not _is_form_of_the_admin(request):
        return csrf.csrf_failure(request, reason)
    return _keep_words(request, SIGNED_OUT if request.user.is_anonymous else SIGNED_IN_AGAIN)


def is_autosave(request: HttpRequest) -> bool:
    return not request.accepts("text/html")


def in_the_editor(why: Why) -> dict[str, object]:
    """Return the answer to an autosave by which the editor shows what happened."""
    return {
        "success": False,
        "error_code": WAGTAILS_LOCKED,
        "error_message": str(why.in_the_editor),
    }


def _asks_to_log_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.status_code != 302 or not _is_form_of_the_admin(request) or request.user.is_authenticated:
        return False
    to = urlsplit(response["Location"])
    return to.path == reverse("wagtailadmin_login") and "next" in parse_qs(to.query)


def _is_form_of_the_admin(request: HttpRequest) -> bool:
    """Say whether a browser sends it from one of our pages, without a password in it."""
    return (
        request.method == "POST"
        and request.path.startswith(settings.ADMIN_PATH)
        and not request.path.startswith(OPEN_TO_ALL)
        and _is_from_our_origin(request)
    )


def _is_from_our_origin(request: HttpRequest) -> bool:
    """
    Say so by Django's own rule for a token, scheme and all.

    The answer holds a fresh token: one press of its button would do what another origin had filled in.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}


def _keep_words(request: HttpRequest, why: Why) -> HttpResponse:
    if is_autosave(request):
        return JsonResponse(in_the_editor(why), status=403)
    sent = _sent(request)
    context = {
        "why": why.happened,
        "sent": sent if _is_short(sent) else None,
        "signed_out": why.signed_out,
        "files": bool(request.FILES),
    }
    return render(request, "cms/words_kept.html", context, status=403)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]


def _is_short(sent: list[tuple[str, str]]) -> bool:
    """Say whether it can be written into a page: anyone may send it, and escaped it grows sixfold."""
    return len(sent) <= MOST_FIELDS and sum(len(name) + len(value) for name, value in sent) <= MOST_CHARACTERS

"""The answer to too many requests, for every view without one of its own: 429, and how long to wait."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from cms.errors.problems import API, too_many_at_once
from cms.rate_limit.actions import TooManyError


class TooManyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TooManyError):
            return None
        if request.path.startswith(API):
            return too_many_at_once(error)
        # a page without queries: a crowd of guessers gets it
        response = HttpResponse(
            render_to_string("429.html", {"wait": in_words(error.retry_after)}), status=429
        )
        response["Retry-After"] = str(error.retry_after)
        response["Cache-Control"] = "private, no-store"
        return response


def in_words(seconds: int) -> str:
    if seconds > 120:
        minutes = -(-seconds // 60)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}

"""The outcome of a form that was sent to a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise

RETRY_AFTER = 30  # seconds, while nothing can be kept
SentForm = TypeVar("SentForm", bound=Form)


@dataclass(slots=True)
class Outcome(Generic[SentForm]):
    """
    ``answer`` is where to go next. Without one the page is shown again, with the form and its words.

    ``status`` is then 422 for words to correct, 403 where nothing is taken, 429 for too many at once,
    503 where files cannot be kept; ``retry_after`` is in seconds.
    """

    form: SentForm
    status: int
    answer: HttpResponse | None = None
    retry_after: int | None = None

    def because(self, words: str | Promise) -> "Outcome[SentForm]":
        self.form.add_error(None, str(words))
        return self

    def mark(self, response: HttpResponseBase) -> None:
        """Give the page that is shown again its status; keep it, and the words in it, out of every cache."""
        response.status_code = self.status
        response["Cache-Control"] = "private, no-store"
        if self.retry_after:
            response["Retry-After"] = str(self.retry_after)


def take_or_show(
    request: HttpRequest,
    take: Callable[[], Outcome[SentForm]],
    show: Callable[[SentForm | None], HttpResponseBase],
) -> HttpResponseBase:
    """Take a form that is posted and answer; else show the page, with the form when it was not taken."""
    outcome = take() if request.method == "POST" else None
    if outcome and outcome.answer:
        return outcome.answer
    response = show(outcome.form if outcome else None)
    if outcome:
        outcome.mark(response)
    return response

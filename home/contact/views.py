"""The contact form over HTTP."""

import logging
from typing import Protocol

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cms.http.outcome import RETRY_AFTER, Outcome
from cms.http.redirects import see_other
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError
from home.contact import actions, file_kinds
from home.contact.actions import TakesMessages
from home.contact.forms import Asks, ContactForm

MOST_AT_ONCE = file_kinds.MOST_FILES * file_kinds.MOST_BYTES + 1024 * 1024  # bytes of a body
TOO_MANY = ngettext_lazy(
    "You have sent several messages in a short time. "
    "Your message is below; send it again in %(seconds)s second.",
    "You have sent several messages in a short time. "
    "Your message is below; send it again in %(seconds)s seconds.",
    "seconds",
)
NO_ROOM = _("We could not save your files. Send your message without them.")


logger = logging.getLogger(__name__)


class Contactable(TakesMessages, Asks, Protocol):
    """A page with a contact form and an address of its own."""

    def get_url(self) -> str: ...


def _length(request: HttpRequest) -> int:
    """Return how many bytes the client says it sends: Django reads no more than that."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def require_length(request: HttpRequest) -> None:
    """Raises RequestDataTooBig, before anything is read."""
    if _length(request) > MOST_AT_ONCE:
        raise RequestDataTooBig("More than a message and its files.")


def receive(request: HttpRequest, page: Contactable) -> Outcome[ContactForm]:
    """Process a submitted form. The outcome is a response, or the form to show again with its contents."""
    require_length(request)
    form = ContactForm(page, request.POST, request.FILES)
    if not form.is_valid():
        return Outcome(form, 422)
    try:
        sent = form.sent()
        actions.submit(page, sent, client=clients.client_of(request, "message"))
    except actions.PageClosedError:
        return Outcome(form, 403).because(_("This page no longer takes messages."))
    except TooManyError as limit:
        return Outcome(form, 429, retry_after=limit.retry_after).because(
            TOO_MANY % {"seconds": limit.retry_after}
        )
    except OSError:
        logger.exception("the files of a message were not saved")
        return Outcome(form, 503, retry_after=RETRY_AFTER).because(NO_ROOM)
    to = f"{page.get_url()}thanks/{'?copy=1' if sent.wants_copy else ''}"
    return Outcome(form, 303, answer=see_other(to))

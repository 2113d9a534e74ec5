"""The contact form over HTTP."""

from typing import Protocol

from django.http import HttpRequest, HttpResponse

from cms.outcome import Outcome
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError
from home.contact import actions
from home.contact.actions import TakesMessages
from home.contact.forms import Asks, ContactForm

TOO_MANY = "You have sent several messages in a short time. Your words are below; send them in {} seconds."


class Contactable(TakesMessages, Asks, Protocol):
    """A page with a contact form and an address of its own."""

    def get_url(self) -> str: ...


def receive(request: HttpRequest, page: Contactable) -> Outcome[ContactForm]:
    """Take a sent form. The outcome is an answer, or the form to show again with its words."""
    form = ContactForm(page, request.POST)
    if not form.is_valid():
        return Outcome(form, 422)
    try:
        sent = form.sent()
        actions.submit(page, sent, client=clients.of(request, "message"))
    except actions.PageClosedError:
        return Outcome(form, 403).because("This page takes no messages any more.")
    except TooManyError as limit:
        return Outcome(form, 429, retry_after=limit.retry_after).because(TOO_MANY.format(limit.retry_after))
    to = f"{page.get_url()}thanks/{'?copy=1' if sent.wants_copy else ''}"
    return Outcome(form, 303, answer=HttpResponse(status=303, headers={"Location": to}))

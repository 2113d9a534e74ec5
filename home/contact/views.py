"""The contact form over HTTP."""

from django.http import HttpRequest, HttpResponse

from home.contact import actions
from home.contact.actions import TakesMessages
from home.contact.forms import ContactForm


def receive(request: HttpRequest, page: TakesMessages) -> tuple[HttpResponse | None, ContactForm, int]:
    """Take a sent form. Return the answer, or no answer and the form to show again with its status."""
    form = ContactForm(request.POST)
    if not form.is_valid():
        return None, form, 422
    try:
        actions.submit(page, form.sent())
    except actions.PageClosedError:
        form.add_error(None, "This page takes no messages any more.")
        return None, form, 403
    return HttpResponse(status=303, headers={"Location": f"{page.get_url()}thanks/"}), form, 303

"""The contact form as JSON. A message sent here goes through the function the form calls."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from cms import public_pages
from cms.cross_site import require_trusted_json_post
from cms.problems import Problem, ProblemError
from cms.rate_limit import clients
from home.contact import actions
from home.contact.forms import ContactForm
from home.models import ContactPage

router = Router(tags=["contact"])


class FieldOut(Schema):
    name: str
    label: str
    help: str
    required: bool
    max_length: int | None


class FormOut(Schema):
    id: int
    title: str
    fields: list[FieldOut]


class MessageIn(Schema):
    name: str
    email: str
    message: str
    telephone: str = ""


class MessageReceipt(Schema):
    status: str


@router.get("/contact/{page}/", response={200: FormOut, 404: Problem}, operation_id="get_contact_form")
def get_form(request: HttpRequest, page: str) -> dict[str, Any]:
    """The fields of a contact page, by id or slug."""
    found = _page(page)
    form = ContactForm()
    fields = [
        {
            "name": name,
            "label": field.label,
            "help": field.help_text,
            "required": field.required,
            "max_length": field.max_length,
        }
        for name, field in form.fields.items()
        if name in MessageIn.model_fields
    ]
    return {"id": found.pk, "title": found.title, "fields": fields}


@router.post(
    "/contact/{page}/",
    response={202: MessageReceipt, 403: Problem, 404: Problem, 422: Problem, 429: Problem},
    operation_id="send_message",
)
def send_message(request: HttpRequest, page: str, sent: MessageIn) -> Status[dict[str, str]]:
    """Send a message to staff. 202 means it is stored; its mail follows."""
    require_trusted_json_post(request)
    found = _page(page)
    form = ContactForm(sent.dict())
    if not form.is_valid():
        raise ProblemError(422, "Mend the fields and send again.", form.errors)
    try:
        actions.submit(found, form.sent(), client=clients.of(request, "message"))
    except actions.PageClosedError:
        raise ProblemError(403, "This page takes no messages any more.") from None
    return Status(202, {"status": "accepted"})


def _page(key: str) -> ContactPage:
    """Raises Http404 for anything but the id or slug of a public contact page."""
    return public_pages.find(public_pages.of(ContactPage.objects.all()), key)

"""The contact form as JSON. A message sent here goes through the function the form calls."""

from typing import Annotated, Any, Literal

from django.forms import BoundField
from django.http import HttpRequest
from ninja import Header, Router, Schema
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field

from cms import public_pages
from cms.cross_site import require_trusted_json_post
from cms.problems import Problem, ProblemError
from cms.rate_limit import clients
from home.contact import actions, questions
from home.contact.forms import ContactForm
from home.contact.intake import KeyReusedError
from home.models import ContactPage

router = Router(tags=["contact"])


class ChoiceOut(Schema):
    value: str
    label: str


class FieldOut(Schema):
    """One field, and what may be sent for it under its name."""

    name: str
    label: str
    help: str
    required: bool
    type: Literal["string", "integer", "boolean", "array"]
    format: Literal["", "line", "text", "email", "date"] = Field(
        description="What a string holds; empty for what is no string, or is one of the choices."
    )
    max_length: int | None
    minimum: int | None
    maximum: int | None
    choices: list[ChoiceOut]


class FormOut(Schema):
    id: int
    title: str
    fields: list[FieldOut]


class MessageIn(BaseModel):  # ninja's own Schema would drop what it does not name
    """Besides these, an answer to each question of the page, under the name that its definition gives."""

    model_config = ConfigDict(extra="allow")

    name: str
    email: str
    message: str
    telephone: str = ""
    send_copy: bool = Field(False, description="Whether the visitor asks for a copy by mail.")
    subject: str = Field("", description="The value of a choice; required where the page has subjects.")


class MessageReceipt(Schema):
    status: str


@router.get("/contact/{page}/", response={200: FormOut, 404: Problem}, operation_id="get_contact_form")
def get_form(request: HttpRequest, page: str) -> dict[str, Any]:
    """The fields of a contact page, by id or slug."""
    found = _page(page)
    form = ContactForm(found)
    fields = [_definition(form, field) for field in form.questions if field.name != "files"]
    return {"id": found.pk, "title": found.title, "fields": fields}


@router.post(
    "/contact/{page}/",
    response={202: MessageReceipt, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem},
    operation_id="send_message",
)
def send_message(
    request: HttpRequest,
    page: str,
    sent: MessageIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=255)] = "",
) -> Status[dict[str, str]]:
    """Send a message to staff. 202 means it is stored; its mail follows."""
    require_trusted_json_post(request)
    found = _page(page)
    form = _filled_in(found, sent)
    try:
        message = form.sent(idempotency_key=idempotency_key)
        actions.submit(found, message, client=clients.of(request, "message"))
    except actions.PageClosedError:
        raise ProblemError(403, "This page takes no messages any more.") from None
    except KeyReusedError:
        raise ProblemError(409, "This Idempotency-Key came with other words before.") from None
    return Status(202, {"status": "accepted"})


def _filled_in(page: ContactPage, sent: MessageIn) -> ContactForm:
    """Return the valid form. Raises ProblemError, with every field that is wrong."""
    answers = {name: value for name, value in sent.model_dump().items() if value is not None}
    form = ContactForm(page, answers, sealed=False)
    wrong = {
        name: ["Send a value of the type that the field's definition names."]
        for name, value in answers.items()
        if name in form.fields and not questions.fits(form.json_type(name), value)
    }
    if wrong:
        raise ProblemError(422, "Mend the fields and send again.", wrong)
    if not form.is_valid():
        raise ProblemError(422, "Mend the fields and send again.", form.errors)
    return form


def _definition(form: ContactForm, bound: BoundField) -> dict[str, Any]:
    field, json_type = bound.field, form.json_type(bound.name)
    choices = [(value, label) for value, label in getattr(field, "choices", ()) if value]
    return {
        "name": bound.name,
        "label": bound.label,
        "help": bound.help_text,
        "required": field.required,
        "type": json_type,
        "format": "" if choices or json_type != "string" else _FORMATS.get(bound.widget_type, "line"),
        "max_length": getattr(field, "max_length", None),
        "minimum": getattr(field, "min_value", None),
        "maximum": getattr(field, "max_value", None),
        "choices": [{"value": value, "label": label} for value, label in choices],
    }


_FORMATS = {"email": "email", "textarea": "text", "date": "date"}


def _page(key: str) -> ContactPage:
    """Raises Http404 for anything but the id or slug of a public contact page."""
    return public_pages.find(public_pages.of(ContactPage.objects.all()), key)

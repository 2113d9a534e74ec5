"""The contact form for programs. A message sent here goes through the same function as the form."""

import logging
from typing import Annotated, Any, Literal

from django.forms import BoundField
from django.http import Http404, HttpRequest
from django.utils.translation import gettext, override
from ninja import Header, Path, Router, Schema
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field

from cms.errors.problems import Problem, ProblemError, errors_of
from cms.http.cross_site import require_trusted, require_trusted_json_post
from cms.http.outcome import RETRY_AFTER
from cms.pages.languages import language_of
from cms.rate_limit import clients
from cms.reading import public_pages
from home.contact import actions, file_kinds, questions
from home.contact.forms import ContactForm
from home.contact.intake import KeyReusedError
from home.contact.sent import SentMessage
from home.contact.site_settings import MessageSettings
from home.contact.views import NO_ROOM, require_length
from home.models import ContactPage

logger = logging.getLogger(__name__)
router = Router(tags=["contact"])
PageKey = Annotated[str, Path(description=public_pages.SLUG_OR_ID)]


class ChoiceOut(Schema):
    value: str
    label: str


class FieldOut(Schema):
    """One field, and what may be sent under its name."""

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


class FilesOut(Schema):
    most: int = Field(description="Files in one message.")
    most_bytes: int = Field(description="Bytes of each.")
    kinds: list[str] = Field(description="A file is recognised by its bytes, not by its name.")


class FormOut(Schema):
    id: int
    title: str
    fields: list[FieldOut]
    files: FilesOut | None = Field(description="What files may come with a message; null where none may.")


class MessageIn(BaseModel):  # ninja's own Schema would drop what it does not name
    """Besides these, an answer to each question of the page, under the name in its definition."""

    model_config = ConfigDict(extra="allow")

    name: str
    email: str
    message: str
    telephone: str = ""
    send_copy: bool = Field(False, description="Whether the visitor asks for a copy by mail.")
    subject: str = Field("", description="The value of a choice; required where the page has subjects.")


class MessageReceipt(Schema):
    status: str


FILES = "files"
MULTIPART = "multipart/form-data"
TAKEN = {
    "most": file_kinds.MOST_FILES,
    "most_bytes": file_kinds.MOST_BYTES,
    "kinds": file_kinds.endings(),
}
REFUSALS: dict[int, Any] = dict.fromkeys((403, 404, 409, 422, 429), Problem)
WITH_FILES = {
    **MessageIn.model_json_schema(),
    "title": "MessageWithFiles",
    "description": "The fields of a message, answers to the questions of the page among them, and files.",
}
WITH_FILES["properties"] |= {FILES: {"type": "array", "items": {"type": "string", "format": "binary"}}}


@router.get(
    "/contact/{page}/",
    response={200: FormOut, 404: Problem},
    operation_id="get_contact_form",
    summary="Read the contact form",
)
def get_form(request: HttpRequest, page: PageKey) -> dict[str, Any]:
    """The fields of a contact page."""
    return form_of(_page(page, request))


def form_of(page: ContactPage) -> dict[str, Any]:
    form = ContactForm(page)
    fields = [_definition(form, field) for field in form.questions if field.name != FILES]
    return {
        "id": page.pk,
        "title": page.title,
        "fields": fields,
        "files": TAKEN if form.takes_files else None,
    }


@router.post(
    "/contact/{page}/",
    response={**REFUSALS, 202: MessageReceipt},
    operation_id="send_message",
    summary="Send a message",
)
def send_message(
    request: HttpRequest,
    page: PageKey,
    sent: MessageIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=255)] = "",
) -> Status[dict[str, str]]:
    """Send a message to staff. 202 means it is stored; its mail follows."""
    require_trusted_json_post(request)
    contact_page = _page(page, request)
    with override(language_of(contact_page, request)):  # as the form on the page would be
        message = _filled_in(contact_page, sent).sent(idempotency_key=idempotency_key)
    return _submit(request, contact_page, message)


@router.post(
    "/contact/{page}/files/",
    response={**REFUSALS, 202: MessageReceipt, 415: Problem, 503: Problem},
    operation_id="send_message_with_files",
    summary="Send a message with files",
    openapi_extra={"requestBody": {"required": True, "content": {MULTIPART: {"schema": WITH_FILES}}}},
)
def send_with_files(
    request: HttpRequest,
    page: PageKey,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=255)] = "",
) -> Status[dict[str, str]]:
    """Send a message as a browser sends a form with files. `files` of the form says which are taken."""
    require_trusted(request)
    contact_page = _page(page, request)
    if request.content_type != MULTIPART:
        raise ProblemError(415, gettext("Send the form as multipart/form-data."))
    require_length(request)
    with override(language_of(contact_page, request)):
        form = ContactForm(contact_page, request.POST, request.FILES, sealed=False)
        if request.FILES and not form.takes_files:
            raise ProblemError(403, gettext("This page takes no files."))
        _require_valid(form)
        message = form.sent(idempotency_key=idempotency_key)
    return _submit(request, contact_page, message)


def takes_files(request: HttpRequest, key: str) -> bool:
    """Say whether a page, which may be missing, takes files."""
    try:
        return MessageSettings.of(_page(key, request)).take_files
    except Http404:
        return False


def _submit(request: HttpRequest, page: ContactPage, message: SentMessage) -> Status[dict[str, str]]:
    """Raises ProblemError or TooManyError."""
    try:
        actions.submit(page, message, client=clients.client_of(request, "message"))
    except actions.PageClosedError:
        raise ProblemError(403, gettext("This page no longer takes messages.")) from None
    except KeyReusedError:
        raise ProblemError(
            409, gettext("This Idempotency-Key was already used with a different message.")
        ) from None
    except OSError:
        logger.exception("the files of a message were not saved")
        raise ProblemError(503, str(NO_ROOM), retry_after=RETRY_AFTER) from None
    return Status(202, {"status": "accepted"})


def _filled_in(page: ContactPage, sent: MessageIn) -> ContactForm:
    """Return the valid form. Raises ProblemError, with every field that is wrong."""
    answers = {name: value for name, value in sent.model_dump().items() if value is not None}
    form = ContactForm(page, answers, sealed=False)
    wrong = {
        name: [gettext("Send a value of the type named in the field's definition.")]
        for name, value in answers.items()
        if name in form.fields and not questions.fits(form.json_type(name), value)
    }
    if wrong:
        raise ProblemError(422, gettext("Fix the listed fields and send again."), wrong)
    _require_valid(form)
    return form


def _require_valid(form: ContactForm) -> None:
    """Raises ProblemError, with every field that is wrong."""
    if not form.is_valid():
        raise ProblemError(422, gettext("Fix the listed fields and send again."), errors_of(form))


def _definition(form: ContactForm, bound: BoundField) -> dict[str, Any]:
    field, json_type = bound.field, form.json_type(bound.name)
    choices = [(value, label) for value, label in getattr(field, "choices", ()) if value]
    return {
        "name": bound.name,
        "label": str(bound.label),
        "help": str(bound.help_text),
        "required": field.required,
        "type": json_type,
        "format": "" if choices or json_type != "string" else _FORMATS.get(bound.widget_type, "line"),
        "max_length": getattr(field, "max_length", None),
        "minimum": getattr(field, "min_value", None),
        "maximum": getattr(field, "max_value", None),
        "choices": [{"value": value, "label": str(label)} for value, label in choices],
    }


_FORMATS = {"email": "email", "textarea": "text", "date": "date"}


def _page(key: str, request: HttpRequest) -> ContactPage:
    """Raises Http404 for anything but the slug or id of a public contact page."""
    return public_pages.find(public_pages.of(ContactPage.objects.all()), key, request)

"""Errors that a program can read: ``application/problem+json`` (RFC 9457)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from cms.rate_limit.actions import TooManyError
from cms.reading.public_pages import ID, SeveralPagesError

CONTENT_TYPE = "application/problem+json"
API = "/api/"
NOTHING_PUBLIC = _("There is nothing public here.")
NOT_ALLOWED = _("You may not do this.")
UNREADABLE = _("The request cannot be read.")
TITLES = {
    400: _("Bad Request"),
    401: _("Unauthorized"),
    403: _("Forbidden"),
    404: _("Not Found"),
    405: _("Method Not Allowed"),
    409: _("Conflict"),
    413: _("Request Entity Too Large"),
    422: _("Unprocessable Entity"),
    429: _("Too Many Requests"),
    500: _("Internal Server Error"),
    503: _("Service Unavailable"),
}
PLAIN = {
    Http404: (404, NOTHING_PUBLIC),
    PermissionDenied: (403, NOT_ALLOWED),
    RequestDataTooBig: (413, _("The request is too large.")),
}


class FieldError(Schema):
    """One thing to correct. ``field`` is empty for the request as a whole."""

    field: str
    message: str


class Problem(Schema):
    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = []


class ProblemError(Exception):
    """
    Answer with a problem. ``errors`` are messages by field; ``members`` come last into the body.

    ``retry_after`` is in seconds; 0 says nothing.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Mapping[str, list[str]] | None = None,
        *,
        members: Mapping[str, object] | None = None,
        retry_after: int = 0,
    ) -> None:
        self.status, self.detail, self.errors, self.members = status, detail, errors or {}, members or {}
        self.retry_after = retry_after
        super().__init__(detail)

    def response(self) -> HttpResponse:
        response = problem(self.status, self.detail, self.errors, self.members)
        if self.retry_after:
            response["Retry-After"] = str(self.retry_after)
        return response


def errors_of(form: BaseForm) -> dict[str, list[str]]:
    """Return what is wrong with a form: messages by field."""
    return {field: [str(message) for message in messages] for field, messages in form.errors.items()}


def problem(
    status: int,
    detail: str | Promise = "",
    errors: Mapping[str, list[str]] | None = None,
    members: Mapping[str, object] | None = None,
) -> HttpResponse:
    listed = [
        {"field": field, "message": str(text)} for field, texts in (errors or {}).items() for text in texts
    ]
    body = {
        "type": "about:blank",
        "title": str(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
        "detail": str(detail),
        "errors": listed,
        **(members or {}),
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def too_many_at_once(error: TooManyError) -> HttpResponse:
    detail = ngettext(
        "Too many at once. Try again in %(seconds)s second.",
        "Too many at once. Try again in %(seconds)s seconds.",
        error.retry_after,
    )
    response = problem(429, detail % {"seconds": error.retry_after})
    response["Retry-After"] = str(error.retry_after)
    return response


def token_required() -> HttpResponse:
    response = problem(401, gettext("A valid bearer token is required."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def register(api: NinjaAPI) -> None:
    """Make every error of an API a problem."""

    @api.exception_handler(ProblemError)
    def own(request: HttpRequest, error: ProblemError) -> HttpResponse:
        return error.response()

    @api.exception_handler(TooManyError)
    def too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
        return too_many_at_once(error)

    @api.exception_handler(SeveralPagesError)
    def several(request: HttpRequest, error: SeveralPagesError) -> HttpResponse:
        pages = [{"id": page.pk, "url": page.get_full_url(request)} for page in error.pages]
        detail = gettext("Several pages have this slug. Ask for one by its id, such as %(id)s.")
        return problem(404, detail % {"id": f"{ID}{pages[0]['id']}"}, members={"pages": pages})

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, gettext("The request does not have the right shape."), _by_field(error.errors))

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return token_required()

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    for error, (status, detail) in PLAIN.items():
        api.add_exception_handler(error, _always(status, detail))


def _always(
    status: int, detail: Promise
) -> Callable[[HttpRequest, Exception | type[Exception]], HttpResponse]:
    return lambda request, error: problem(status, detail)


def _by_field(errors: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Name the field, never the value: a value may be an address."""
    by_field: dict[str, list[str]] = {}
    for error in errors:
        place = [
            str(part) for part in error["loc"] if part not in ("body", "query", "path", "header", "sent")
        ]
        by_field.setdefault(".".join(place), []).append(error["msg"])
    return by_field

"""What went wrong, for a program to read: ``application/problem+json`` (RFC 9457)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from cms.rate_limit.actions import TooManyError

CONTENT_TYPE = "application/problem+json"
PLAIN = {
    Http404: (404, "There is nothing public here."),
    PermissionDenied: (403, "You may not do this."),
    RequestDataTooBig: (413, "This is more than can be sent at once."),
}


class FieldError(Schema):
    """One thing to mend. ``field`` is empty for the request as a whole."""

    field: str
    message: str


class Problem(Schema):
    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = []


class ProblemError(Exception):
    """Answer with a problem. ``errors`` are messages by field; ``members`` come last into the body."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Mapping[str, list[str]] | None = None,
        *,
        members: Mapping[str, object] | None = None,
    ) -> None:
        self.status, self.detail, self.errors, self.members = status, detail, errors or {}, members or {}
        super().__init__(detail)


def problem(
    status: int,
    detail: str = "",
    errors: Mapping[str, list[str]] | None = None,
    members: Mapping[str, object] | None = None,
) -> HttpResponse:
    listed = [
        {"field": field, "message": str(text)} for field, texts in (errors or {}).items() for text in texts
    ]
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": listed,
        **(members or {}),
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def register(api: NinjaAPI) -> None:
    """Make every error of an API a problem."""

    @api.exception_handler(ProblemError)
    def own(request: HttpRequest, error: ProblemError) -> HttpResponse:
        return problem(error.status, error.detail, error.errors, error.members)

    @api.exception_handler(TooManyError)
    def too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
        response = problem(429, f"Too many at once. Try again in {error.retry_after} seconds.")
        response["Retry-After"] = str(error.retry_after)
        return response

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, "The request does not have the right shape.", _by_field(error.errors))

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = problem(401, "Send the token that belongs here.")
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    for error, (status, detail) in PLAIN.items():
        api.add_exception_handler(error, _always(status, detail))


def _always(status: int, detail: str) -> Callable[[HttpRequest, Exception], HttpResponse]:
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

"""
What holds for every answer of the API, whichever router gives it.

HEAD and OPTIONS wherever GET is; a parameter that nobody reads is refused, with a hint; what anyone may read
has an ETag, is compressed, and is asked for anew each time: a comment is seen as soon as it is approved.
"""

import re
from difflib import get_close_matches
from functools import cached_property, wraps
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from cms.errors import problems
from cms.http.methods import View, allow_reading, answer_without

MOST_NAMED = 10  # unknown parameters in one refusal
_NAME = re.compile(r"[A-Za-z][\w-]{0,29}", re.ASCII)
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


class Parameters:
    """The query parameters that each operation reads, as the API's own document names them."""

    def __init__(self, api: NinjaAPI) -> None:
        self.api = api

    @cached_property
    def by_operation(self) -> dict[tuple[str, str], frozenset[str]]:
        paths = self.api.get_openapi_schema()["paths"]
        return {
            (path, method.upper()): frozenset(
                each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"
            )
            for path, operations in paths.items()
            for method, operation in operations.items()
        }

    def of(self, request: HttpRequest) -> frozenset[str] | None:
        """Return those of a request's operation; None for a door that is in no document."""
        match = request.resolver_match
        path = "/" + _PLACE.sub(r"{\1}", match.route) if match else ""
        return self.by_operation.get((path, request.method or ""))


def with_manners(view: View, known: Parameters | None = None) -> View:
    """Without ``known``, the view itself says which parameters it does not read."""

    @csrf_exempt  # no door here reads a cookie; who may write is judged by token and Origin
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves out the body
        response = _unknown(request, known) or view(request, *args, **kwargs)
        if response.status_code == 405:
            return _refused(request, response)
        return _kept(request, response) if request.method == "GET" else response

    return answer


def _unknown(request: HttpRequest, known: Parameters | None) -> HttpResponse | None:
    """Return a refusal of parameters that the operation does not read."""
    names = known.of(request) if known else None
    if names is None or not (unknown := sorted(set(request.GET) - names)[:MOST_NAMED]):
        return None
    hints = {name if _NAME.fullmatch(name) else "": [_hint(name, names)] for name in unknown}
    return problems.problem(422, gettext("Leave out the listed parameters."), hints)


def _hint(name: str, names: frozenset[str]) -> str:
    """Repeat no more of what was sent than the name of a parameter."""
    meant = get_close_matches(name[:30].lower(), names, 1)
    if meant:
        return gettext("There is no such parameter here. Did you mean “%(name)s”?") % {"name": meant[0]}
    if names:
        listed = {"names": ", ".join(sorted(names))}
        return gettext("There is no such parameter here. Those here are: %(names)s.") % listed
    return gettext("There is no such parameter here. There are none here.")


def _kept(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let caches ask whether an answer is still the same, and compress it; a token's is kept by nobody."""
    if request.headers.get("Authorization") or "token" in request.GET:
        response.headers.setdefault("Cache-Control", "private, no-store")
    patch_vary_headers(response, ["Authorization"])
    if (
        response.status_code != 200
        or not isinstance(response, HttpResponse)
        or "no-store" in response.get("Cache-Control", "")
    ):
        return response
    response.headers.setdefault("Cache-Control", "public, no-cache")
    response["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
    kept = get_conditional_response(request, etag=response["ETag"], response=response) or response
    return GZipMiddleware(lambda request: response).process_response(request, kept)


def _refused(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    allow = allow_reading(response)
    response = problems.problem(
        405, gettext("Use %(methods)s here.") % {"methods": get_text_list(list(allow))}
    )
    response["Allow"] = ", ".join(allow)
    return (answer_without(request, allow) if request.method == "OPTIONS" else None) or response

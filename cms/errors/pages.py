"""
The pages for 400, 403 and 404, which need no body; below /api/ they are problems.

Django's own read it all the same, for a token that they do not check: a body that cannot be read, as many a
400 is about, and one that nothing has read yet then end in a 500.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.views import defaults

from cms.errors import problems


def has_read_form(request: HttpRequest) -> bool:
    """Say whether the form of a request has been read; asking for it would read it (Django 5.2)."""
    return hasattr(request, "_post")


def _without_body(
    page: Callable[..., HttpResponse], status: int, detail: Promise
) -> Callable[..., HttpResponse]:
    @wraps(page)
    def answer(request: HttpRequest, *about: Any, **named: Any) -> HttpResponse:
        if request.path.startswith(problems.API):
            return problems.problem(status, detail)
        if not has_read_form(request):
            request.POST = QueryDict()
        return page(request, *about, **named)

    return answer


bad_request = _without_body(defaults.bad_request, 400, problems.UNREADABLE)
permission_denied = _without_body(defaults.permission_denied, 403, problems.NOT_ALLOWED)
page_not_found = _without_body(defaults.page_not_found, 404, problems.NOTHING_PUBLIC)

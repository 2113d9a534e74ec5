"""Before a log-in is changed: the password, and a factor of users who have one, shown within ten minutes."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cms.credentials import staff
from cms.credentials.repeat_password import RepeatPasswordForm
from cms.second_factor import people

FACTOR_FIRST = _(
    '<a href="{}" target="_blank">Show your second factor</a>, then save again with your password.'
)
UNTIL = "second_factor_sure_until"
LASTS = 10 * 60  # seconds

View = Callable[..., HttpResponse]


def note(request: HttpRequest) -> None:
    request.session[UNTIL] = time.time() + LASTS


def is_noted(request: HttpRequest) -> bool:
    return request.session.get(UNTIL, 0) > time.time()


def required(view: View) -> View:
    """Ask for both first, unless they were given recently; a form sent too late has to be filled in again."""

    @wraps(view)
    def asking(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return ask(request) or view(request, *args, **kwargs)

    return asking


def ask(request: HttpRequest, then: str = "") -> HttpResponse | None:
    """Redirect to where both are asked for, and ``then`` on; None where they were given recently."""
    if is_noted(request):
        return None
    then = then or (request.path if request.method == "GET" else reverse("second_factor:overview"))
    return HttpResponseRedirect(f"{reverse('second_factor:confirm')}?{urlencode({'next': then})}")


def lacks_factor(request: HttpRequest) -> SafeString | None:
    """Return an error for a user who has a factor and has not shown it recently; None for all others."""
    if is_noted(request) or not people.has_factor(staff.of(request)):
        return None
    return format_html(str(FACTOR_FIRST), reverse("second_factor:confirm"))


class SureForm(RepeatPasswordForm):
    """Base of a form that asks for the password and, of people who have one, for a factor shown recently."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, asked=staff.of(request), **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors and self.must_repeat_password() and (complaint := lacks_factor(self.request)):
            self.add_error("current_password", complaint)
        return cleaned

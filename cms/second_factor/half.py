"""
Between the right password and the second factor, no one is logged in.

The session then names no user for Django to find. It lives five minutes, in the browser that gave the
password, and opens only the second step; or half an hour, and only the setting up of a factor, for those who
must have one and have none.

A session of a person who has a factor, or must have one, counts only if the factor was shown in it, after the
oldest of their factors was added, however the session began. One from before the factor was set up, or
demanded, counts as logged out.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from cms.credentials.staff import Staff
from cms.second_factor import new_app, people

logger = logging.getLogger(__name__)

HALF, SHOWN = "half_log_in", "second_factor_shown"
LIVES, LIVES_TO_SET_UP = 5 * 60, 30 * 60  # seconds
KEPT = 24 * 60 * 60  # seconds that the browser keeps its cookie: those who are late learn why, and continue

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def begin(request: HttpRequest, user: Staff, *, then: str, remember: bool) -> None:
    """Remember in a new session who gave the right password, and where they go next."""
    kept = _kept_for(request, user)
    request.session.flush()
    request.session.update(kept)
    request.session.set_expiry(KEPT)
    request.session[HALF] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "until": time.time() + (LIVES if people.has_factor(user) else LIVES_TO_SET_UP),
        "then": then,
        "remember": remember,
    }


def _kept_for(request: HttpRequest, user: Staff) -> dict[str, Any]:
    """Return the app that a user is setting up: one who is late has it in their phone by now."""
    before = request.session.get(HALF, {})
    waits = before.get("user") == user.pk and new_app.KEY in request.session
    return {new_app.KEY: request.session[new_app.KEY]} if waits else {}


def user_of(request: HttpRequest) -> Staff | None:
    """Return who gave the right password, for as long as it is theirs."""
    half = request.session.get(HALF)
    if half is None or half["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=half["user"], is_active=True).first()
    if user and constant_time_compare(half["password"], user.get_session_auth_hash()):
        return user
    return None


def finish(request: HttpRequest, user: Staff) -> str:
    """Log in a user who has shown their factor. Return where they wanted to go."""
    half: dict[str, Any] = request.session.pop(HALF)
    login(request, user)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if half["remember"] else 0)
    note_shown(request)
    logger.info("user %s logged in with a second factor", user.pk)
    return half["then"]


def note_shown(request: HttpRequest) -> None:
    request.session[SHOWN] = time.time()


def count_whole_log_ins(get_response: GetResponse) -> GetResponse:
    """Middleware, after Django's for log-ins. It reads nothing until the user is asked for."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        request.user = SimpleLazyObject(lambda: user if is_whole(request, user) else AnonymousUser())  # type: ignore[assignment]  # as Django's own middleware does
        return get_response(request)

    return middleware


def is_whole(request: HttpRequest, user: Staff | AnonymousUser) -> bool:
    """Say whether a session counts for the user it names; one that names no user does."""
    if not user.is_authenticated:
        return True
    since, demanded = people.standing(user)
    if since is None:
        return not demanded
    return request.session.get(SHOWN, 0) >= since.timestamp()

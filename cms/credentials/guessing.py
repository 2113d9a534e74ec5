"""
How often a password may be tried. Doors of accounts go through ``attempt``, those of sections ``slow_down``,
and that of the second factor through ``count``, which takes the right password to reach.

Tokens are taken before anything is hashed, and given back for the right password: only wrong ones cost.

    client and account   10 at once, then one in 30 s   a typing error delays no colleague on the same network
    client               20 at once, then one in 30 s   one password tried on many accounts
    IPv6 /48             60 at once, then one in 10 s   the same from the many networks of one connection
    account              20 at once, then one in 30 s   one account tried from many networks
    known device         10 at once, then one in 30 s   a browser that has logged in to the account before has
                                                        this in place of the others: no stranger empties it
    second factor         5 at once, then one in 5 min  devices that have shown it together, and all others;
                          and 20 at once, then 20 a day for those others, which bounds guessing
    recovery codes       10 at once, then one in 30 s   client: no one guesses 120 bits, or uses up another's

When the bucket of an account is empty, each network has one try in ten minutes left: strangers may delay the
owner who comes with a new device, and can never keep them out. What was typed as a name is kept as a keyed
digest of the day, whether there is such an account or not.

One password is hashed at a time in a process. While passwords are being guessed there, only known devices
wait for their turn, and others are sent away for a second: guessers hold one of the two threads at most.
Guessers on very many networks at once can thus make a new device wait, for as long as they continue.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string

from cms import vault
from cms.credentials.staff import Staff
from cms.http import cookies
from cms.rate_limit import actions as rate_limit
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError

BUSY_FOR = 1  # seconds, about the time of a hash
PEACE_AFTER = 10.0  # seconds without a wrong password
DAY = 24 * 60 * 60  # seconds
DEVICE_KEPT = 180 * DAY

Found = TypeVar("Found")
View = Callable[..., HttpResponse]


class Limit(NamedTuple):
    bucket: str
    capacity: int
    seconds: float  # until the next token


class Try(NamedTuple):
    """The limits a try draws on, and whether its device or person is known to the account."""

    limits: Sequence[Limit]
    known: bool


class _Turn:
    """Which thread of this process may hash a password next."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last_wrong = -PEACE_AFTER

    def may_wait(self, tried: Try) -> bool:
        return tried.known or time.monotonic() - self.last_wrong > PEACE_AFTER

    def end(self, *, right: bool) -> None:
        if not right:
            self.last_wrong = time.monotonic()
        self.lock.release()


turn = _Turn()


def attempt(tried: Try, check: Callable[[], Found]) -> Found:
    """Check a password and return what ``check`` does, true if it was right. Raises TooManyError."""
    may_wait = turn.may_wait(tried)
    if turn.lock.locked() and not may_wait:
        raise TooManyError(BUSY_FOR)  # and nothing is written
    _take(tried.limits)
    if not turn.lock.acquire(blocking=may_wait):
        _give_back(tried.limits)
        raise TooManyError(BUSY_FOR)
    found = None
    try:
        found = check()
    finally:
        turn.end(right=bool(found))
    if found:
        _give_back(tried.limits)
    return found


def count(tried: Try, check: Callable[[], bool]) -> bool:
    """Check a secret that is not hashed, and return whether it was right. Raises TooManyError."""
    _take(tried.limits)
    if right := check():
        _give_back(tried.limits)
    return right


def log_in(request: HttpRequest, name: str) -> Try:
    """Return a try at an account, whether or not it exists."""
    if device := _device(request, name):
        return Try([Limit(vault.keyed_digest("client", f"device\0{device}"), 10, 30)], known=True)
    account = Limit(vault.keyed_digest("client", f"{timezone.now().date()}\0account\0{name}"), 20, 30)
    if rate_limit.is_empty(account.bucket, capacity=account.capacity, seconds=account.seconds):
        account = Limit(clients.of(request, f"log-in under attack\0{name}"), 1, 600)
    pair = Limit(clients.of(request, f"log-in\0{name}"), 10, 30)
    client = Limit(clients.of(request, "log-in"), 20, 30)
    site = Limit(clients.of(request, "log-in of a site", bits=clients.SITE), 60, 10)
    return Try([pair, client, site, account], known=False)


def repeat_password(pk: int) -> Try:
    """Return a try by a person who is logged in."""
    return Try([Limit(vault.keyed_digest("client", f"person\0{pk}"), 10, 30)], known=True)


def second_factor(request: HttpRequest, user: Staff, *, since: datetime | None) -> Try:
    """
    Return a try at a code of the app, by a person who has had a factor ``since`` then.

    A device counts as known if it has logged in since: that took the factor. So a thief of the password
    delays no known device, and cannot have collected any.
    """
    if _device(request, user.get_username(), since=since):
        return Try([_of_person("known devices", user, 5, 300)], known=True)
    burst = _of_person("new devices", user, 5, 300)
    return Try([burst, _of_person("new devices of a day", user, 20, DAY / 20)], known=False)


def recovery_code(request: HttpRequest) -> Try:
    return Try([Limit(clients.of(request, "recovery code"), 10, 30)], known=False)


def are_many_wrong(user: Staff) -> bool:
    """Count a wrong code, and say whether a person has had more than five today."""
    try:
        _take([_of_person(f"wrong codes of {timezone.now().date()}", user, 5, DAY)])
    except TooManyError:
        return True
    return False


def remember_device(view: View) -> View:
    """Let a browser that logs in by this view be known there, for the account it has logged in to."""

    @wraps(view)
    def remembering(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
            _set_device(request, response, request.user.get_username())
        return response

    return remembering


def slow_down(view: View) -> View:
    """Guard a view of Wagtail's that asks for a section's password, and redirects for the right one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        client = Limit(clients.of(request, "password of a section"), 10, 30)
        site = Limit(clients.of(request, "password of a section, of a site", bits=clients.SITE), 60, 10)
        limits = [client, site]
        _take(limits)
        response = view(request, *args, **kwargs)
        if response.status_code == 302:
            _give_back(limits)
        return response

    return guarded


@transaction.atomic
def _take(limits: Sequence[Limit]) -> None:
    """Take from all buckets or none. Raises TooManyError."""
    for bucket, capacity, seconds in limits:
        rate_limit.take(bucket, capacity=capacity, seconds=seconds)


def _give_back(limits: Sequence[Limit]) -> None:
    rate_limit.give_back(*(limit.bucket for limit in limits))


def _of_person(what: str, user: Staff, capacity: int, seconds: float) -> Limit:
    return Limit(vault.keyed_digest("client", f"second factor\0{what}\0{user.pk}"), capacity, seconds)


def _device(request: HttpRequest, name: str, *, since: datetime | None = None) -> str:
    """Return the device that has logged in to an account, and since then if there is a ``since``."""
    cookie, oldest = _cookie(name), timedelta(seconds=DEVICE_KEPT)
    if since:
        oldest = min(oldest, timezone.now() - since + timedelta(seconds=1))  # a cookie knows whole seconds
    return request.get_signed_cookie(cookie, default="", salt=cookie, max_age=oldest) or ""


def _set_device(request: HttpRequest, response: HttpResponse, name: str) -> None:
    cookie = _cookie(name)
    response.set_signed_cookie(
        cookie,
        _device(request, name) or get_random_string(22),
        salt=cookie,
        max_age=DEVICE_KEPT,
        path=settings.ADMIN_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(name: str) -> str:
    return cookies.name_below_a_path(f"device_{vault.keyed_digest('device', name)[:12]}")

"""What a monitor asks: is the process alive (`/healthz`), and can the site do its work (`/readyz`)?"""

import logging
import secrets
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from cms.http.methods import read_only
from cms.keyring import guard
from cms.outbox import queries

log = logging.getLogger(__name__)


@read_only
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without any query: a slow database is no reason to restart this process."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


class Looked(NamedTuple):
    """What a process last found out, and until when that is good enough."""

    said: dict[str, Any] = {}
    until: float = 0.0


looking = Lock()
last = Looked()


@read_only
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """
    Answer 200 when every check passes, else 503. The body is `{"status": …, "checks": {name: bool}}`.

    A `reason` comes with them where the keys are not those of the database: waiting does not end that.
    """
    said = look()
    return JsonResponse(said, status=200 if said["status"] == "ok" else 503)


def look() -> dict[str, Any]:
    """Return what `/readyz` says, READYZ_KEPT seconds old at most."""
    global last  # noqa: PLW0603 -- of the process, as what it tells of
    with looking:
        if monotonic() >= last.until:
            last = Looked(find_out(), monotonic() + settings.READYZ_KEPT)
        return last.said


def find_out() -> dict[str, Any]:
    reachable = passes(database)
    checks = {
        "database": reachable,
        "cache": passes(cache_keeps),
        "worker": reachable and passes(worker_seen),
        "mail_queue": reachable and passes(mail_in_time),
        "keys": reachable and passes(keys_fit),
    }
    ready = all(checks.values())
    said = {"status": "ok" if ready else "unavailable", "checks": checks}
    if reachable and not checks["keys"]:
        said["reason"] = guard.UNREADABLE
    return said


def passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, RedisError) as error:  # the monitor learns that, and the log of what kind
        log.error("%s: %s", check.__name__, type(error).__name__)
        return False


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def cache_keeps() -> bool:
    key = f"readyz:{secrets.token_hex(8)}"
    cache.set(key, key, timeout=10)
    kept = cache.get(key) == key
    cache.delete(key)
    return kept


def worker_seen() -> bool:
    return queries.status().worker_seen


def keys_fit() -> bool:
    return not guard.complaint()


def mail_in_time() -> bool:
    return not queries.status().late

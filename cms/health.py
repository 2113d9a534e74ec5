"""What a monitor asks: is the process alive (`/healthz`), and can the site do its work (`/readyz`)?"""

import logging
import secrets
from collections.abc import Callable

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from cms.outbox import queries

log = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without asking anybody: a slow database is no reason to restart this process."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every check passes, else 503. The body is `{"status": …, "checks": {name: bool}}`."""
    reachable = passes(database)
    checks = {
        "database": reachable,
        "cache": passes(cache_keeps),
        "worker": reachable and passes(worker_seen),
        "mail_queue": reachable and passes(mail_in_time),
    }
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503
    )


def passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, RedisError) as error:  # the monitor is told; the log says of what kind
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


def mail_in_time() -> bool:
    return not queries.status().late

"""
A Redis that may be away: then nothing is found in it and nothing is kept, and pages take longer.

After a failure it is not asked for some seconds, so that a hanging server does not make each page hang.
What should have been deleted from it meanwhile stays until it expires.

django-redis 7.0.0 with ignored exceptions is no substitute: it has no such pause. Of ten reads from a server
that takes connections and says nothing, each waited half a second; here the first one does.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LEFT_ALONE_FOR = 5.0  # seconds
SOCKET = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}  # seconds
_away_until = 0.0


def _or(otherwise: Callable[..., Any], method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that answers with ``otherwise`` while the server is away."""

    def tried(self: RedisCacheClient, *args: Any) -> Any:
        global _away_until  # noqa: PLW0603 -- each thread has a client of its own, and one server is away for all
        if time.monotonic() < _away_until:
            return otherwise(*args)
        try:
            return method(self, *args)
        except RedisError as error:
            _away_until = time.monotonic() + LEFT_ALONE_FOR
            logger.error("the cache is away: %s", type(error).__name__)
            return otherwise(*args)

    return tried


def _not_there(key: str, delta: int) -> int:
    raise ValueError("There is no such key.")


class ForgivingClient(RedisCacheClient):
    get = _or(lambda key, default: default, RedisCacheClient.get)
    get_many = _or(lambda keys: {}, RedisCacheClient.get_many)
    has_key = _or(lambda key: False, RedisCacheClient.has_key)
    add = _or(lambda *kept: False, RedisCacheClient.add)
    touch = _or(lambda *kept: False, RedisCacheClient.touch)
    delete = _or(lambda key: False, RedisCacheClient.delete)
    set = _or(lambda *kept: None, RedisCacheClient.set)
    set_many = _or(lambda *kept: None, RedisCacheClient.set_many)
    delete_many = _or(lambda keys: None, RedisCacheClient.delete_many)
    incr = _or(_not_there, RedisCacheClient.incr)
    clear = _or(lambda: False, RedisCacheClient.clear)


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**SOCKET, **params.get("OPTIONS", {})}})
        self._class = ForgivingClient

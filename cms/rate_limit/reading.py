"""How often one client may ask what costs. It is counted in the cache: reading writes no row."""

import time

from django.core.cache import cache

from cms.rate_limit.actions import NETWORKS, TooManyError
from cms.rate_limit.clients import Client


def take(client: Client, *, most: int, seconds: int) -> None:
    """
    Count one reading; ``most`` are answered within so many seconds, of an IPv6 /48 six times as many.

    Each process counts for itself, or all together with Redis; while that is away, nothing is counted.
    Raises TooManyError.
    """
    window, passed = divmod(int(time.time()), seconds)
    for network, networks in ((client.network, 1), (client.site, NETWORKS)):
        if network and _count(f"{network}:{window}", seconds) > most * networks:
            raise TooManyError(seconds - passed)


def _count(key: str, seconds: int) -> int:
    """Each window has a key of its own: one that Redis has lost its end of does no harm."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # the cache is away, or has forgotten it since
        return 0

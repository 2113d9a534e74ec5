"""A cache inside each process, for a site without Redis: nothing in it is older than a minute."""

import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

LONGEST = 60.0  # seconds until a process sees what another one has changed


class LocalCache(LocMemCache):
    def get_backend_timeout(self, timeout: float | None = DEFAULT_TIMEOUT) -> float:
        """Return when an entry ends, in seconds since 1970."""
        asked, latest = super().get_backend_timeout(timeout), time.time() + LONGEST
        return latest if asked is None else min(asked, latest)

"""
What the worker does at intervals besides delivering: publish, purge, write digests.

An app registers its chores in ``AppConfig.ready``. Several workers may do the same chore at once, so a chore
is safe to repeat.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

Chore = Callable[[], object]
BATCH = 500
MOST_BATCHES = 20


@dataclass(slots=True)
class Clock:
    """Runs a chore once in each interval, the first time at once."""

    name: str
    span: timedelta
    chore: Chore
    next: float = field(default_factory=time.monotonic)

    def strike(self) -> None:
        """Run it if it is due. Raises OperationalError and InterfaceError if the database is unavailable."""
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + self.span.total_seconds()
        try:
            self.chore()
        except (OperationalError, InterfaceError):
            self.next = time.monotonic()
            raise
        except Exception as error:  # noqa: BLE001 -- whatever one chore raises, mail must be sent
            logger.error("chore %s: %s", self.name, type(error).__name__)


_chores: dict[str, tuple[timedelta, Chore]] = {}


def register(name: str, every: timedelta, chore: Chore) -> None:
    _chores[name] = (every, chore)


def clocks() -> list[Clock]:
    """Return a clock for each chore, due at once."""
    return [Clock(name, span, chore) for name, (span, chore) in _chores.items()]


def in_batches(step: Callable[[], int]) -> None:
    """Repeat a step, which returns how many rows it took, until few are left. Mail waits meanwhile."""
    for _ in range(MOST_BATCHES):
        if step() < BATCH:
            return

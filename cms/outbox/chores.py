"""
What the worker does by the clock besides delivering: publish, purge, write digests.

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
    """Does a chore once in each span of time, the first time at once."""

    name: str
    span: timedelta
    chore: Chore
    next: float = field(default_factory=time.monotonic)

    def strike(self) -> None:
        """Raises OperationalError and InterfaceError: a database that is away is no fault of the chore."""
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + self.span.total_seconds()
        try:
            self.chore()
        except (OperationalError, InterfaceError):
            self.next = time.monotonic()
            raise
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with one chore, mail goes out
            logger.error("chore %s: %s", self.name, type(error).__name__)


_chores: dict[str, tuple[timedelta, Chore]] = {}


def register(name: str, every: timedelta, chore: Chore) -> None:
    _chores[name] = (every, chore)


def clocks() -> list[Clock]:
    """Return every chore with a clock of its own, due at once."""
    return [Clock(name, span, chore) for name, (span, chore) in _chores.items()]


def in_batches(step: Callable[[], int]) -> None:
    """Repeat a step, which says how many rows of BATCH it took, until few are left. Mail waits meanwhile."""
    for _ in range(MOST_BATCHES):
        if step() < BATCH:
            return

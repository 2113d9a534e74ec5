"""
What the worker does by the clock besides delivering: publish, purge, write digests.

An app registers its chores in ``AppConfig.ready``. Several workers may do the same chore at once, so a chore
is safe to repeat.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

Chore = Callable[[], object]
BATCH = 500
MOST_BATCHES = 20


@dataclass(slots=True)
class Every:
    """True once in each span of time."""

    span: timedelta
    next: float = field(default_factory=time.monotonic)

    def due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.span.total_seconds()
        return True


_chores: dict[str, tuple[timedelta, Chore]] = {}


def register(name: str, every: timedelta, chore: Chore) -> None:
    _chores[name] = (every, chore)


def clocks() -> list[tuple[Every, Chore]]:
    """Return every chore with a clock of its own, due at once."""
    return [(Every(span), chore) for span, chore in _chores.values()]


def in_batches(step: Callable[[], int]) -> None:
    """Repeat a step, which says how many rows of BATCH it took, until few are left. Mail waits meanwhile."""
    for _ in range(MOST_BATCHES):
        if step() < BATCH:
            return

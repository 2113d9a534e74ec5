"""
Couriers carry rows out of the site: one for each kind of delivery.

A renderer composes a letter; a courier takes it to its recipient and returns the result. Mail is one kind.
Another is a class with these three methods, registered under its name:

    couriers.register("webhook", WebhookCourier, apart=True)
    events.register("webhook.call", call, kind="webhook")

A kind that is carried ``apart`` has threads of its own in each worker, one for each recipient that has
something due, MOST_LANES at most: however slow some are, neither mail nor another recipient waits for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cms.outbox.models import Failure


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a letter was not delivered, and the server's code. Never its words: they may contain an address."""

    why: Failure
    answer: str


class Courier(Protocol):
    """Serves one worker for any number of letters; keeps its connection between them."""

    def hosts(self, letter: Any) -> tuple[str, str]:
        """Return the server and the recipient's domain, for their rate limits; empty for none."""

    def carry(self, letter: Any, *, name: str) -> Refused | None:
        """
        Deliver one letter and return None once it was accepted. ``name`` is the same at each attempt.

        Takes no longer than half a lease. Raises an exception for a fault of the letter itself.
        """

    def close(self) -> None: ...


MOST_LANES = 20  # threads of one kind in a worker; as many as there may be endpoints of webhooks

_couriers: dict[str, Callable[[], Courier]] = {}
_apart: set[str] = set()


def register(kind: str, courier: Callable[[], Courier], *, apart: bool = False) -> None:
    _couriers[kind] = courier
    if apart:
        _apart.add(kind)


def apart() -> frozenset[str]:
    """Return the kinds that have threads of their own."""
    return frozenset(_apart)


def hire(kind: str) -> Courier:
    return _couriers[kind]()

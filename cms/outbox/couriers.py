"""
Who carries a row out of the house: one courier for each kind of thing that leaves.

A renderer words a letter; a courier takes it to whoever it is for, and says what became of it. Mail is one
kind. Another is a class with these three methods, registered under its name:

    couriers.register("webhook", WebhookCourier)
    events.register("post.published", written, kind="webhook")
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cms.outbox.models import Refusal


@dataclass(frozen=True, slots=True)
class Refused:
    """What stood in the way, and the other side's code for it. Never its words: they may hold an address."""

    why: Refusal
    answer: str


class Courier(Protocol):
    """Serves one worker, for as many letters as there are; keeps its connection between them."""

    def hosts(self, letter: Any) -> tuple[str, str]:
        """Return the server it goes to and the domain behind it, for their pace; empty for none."""

    def carry(self, letter: Any, *, name: str) -> Refused | None:
        """
        Carry one letter and return None once it was taken. ``name`` is the same each time it is tried.

        Takes no longer than half a lease. Raises whatever is a fault of the letter itself.
        """

    def close(self) -> None: ...


_couriers: dict[str, Callable[[], Courier]] = {}


def register(kind: str, courier: Callable[[], Courier]) -> None:
    _couriers[kind] = courier


def hire(kind: str) -> Courier:
    return _couriers[kind]()

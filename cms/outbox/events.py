"""
Which function renders which event, and which courier takes it away.

An app registers its events in ``AppConfig.ready``. A renderer takes the subject's id and the recipient and
returns what is to be carried (of the kind "mail": an EmailMessage), ``None`` when there is nothing to say any
more, or raises NotYetError. ``over`` is told, with the same two, once the row has ended well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Renderer = Callable[[int, str], Any]
Over = Callable[[int, str], object]


@dataclass(frozen=True, slots=True)
class Event:
    render: Renderer
    kind: str
    over: Over


_events: dict[str, Event] = {}


class NotYetError(Exception):
    """A renderer's word that this may be said, but not before a moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until)


class UnknownEventError(LookupError):
    """A row names an event that no installed app renders."""


def register(
    event: str, renderer: Renderer, *, kind: str = "mail", over: Over = lambda subject_id, recipient: None
) -> None:
    _events[event] = Event(renderer, kind, over)


def names() -> list[str]:
    return sorted(_events)


def kind(event: str) -> str:
    """Raises UnknownEventError."""
    return _known(event).kind


def render(event: str, subject_id: int, recipient: str) -> Any:
    """Raises UnknownEventError, NotYetError."""
    return _known(event).render(subject_id, recipient)


def tell_over(event: str, subject_id: int, recipient: str) -> None:
    if event in _events:
        _events[event].over(subject_id, recipient)


def _known(event: str) -> Event:
    try:
        return _events[event]
    except KeyError:
        raise UnknownEventError(event) from None

"""
Which function renders which event, and which kind of courier delivers it.

An app registers its events in ``AppConfig.ready``. A renderer takes the subject's id and the recipient and
returns what is to be delivered (for the kind "mail": a ``letters.Letter``), ``None`` when there is nothing to
say any more, or raises NotYetError. ``over`` is called, with the same two, once the row has ended well.
``once_ever``: what was sent is not sent again, even after rows that ended well have been purged.
``repeated``: a new cause is a new delivery, although one about the same subject was sent before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage

from cms.brand.clock import site_locale
from cms.outbox import letters

Renderer = Callable[[int, str], Any]
Over = Callable[[int, str], object]


@dataclass(frozen=True, slots=True)
class Event:
    render: Renderer
    kind: str
    over: Over
    once_ever: bool
    repeated: bool


_events: dict[str, Event] = {}


class NotYetError(Exception):
    """Raised by a renderer: this may be sent, but not before ``until``."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until)


class UnknownEventError(LookupError):
    """A row names an event that no installed app renders."""


def register(
    event: str,
    renderer: Renderer,
    *,
    kind: str = "mail",
    over: Over = lambda subject_id, recipient: None,
    once_ever: bool = False,
    repeated: bool = False,
) -> None:
    _events[event] = Event(renderer, kind, over, once_ever, repeated)


def names() -> list[str]:
    return sorted(_events)


def once_ever() -> list[str]:
    return [name for name, event in _events.items() if event.once_ever]


def is_repeated(event: str) -> bool:
    return event in _events and _events[event].repeated


def of(kinds: Iterable[str]) -> list[str]:
    """Return the events that couriers of some kinds deliver."""
    kinds = frozenset(kinds)
    return [name for name, event in _events.items() if event.kind in kinds]


def kind(event: str) -> str:
    """Raises UnknownEventError."""
    return _known(event).kind


def render(event: str, subject_id: int, recipient: str) -> Any:
    """Render in the language, the times and the look of the site. Raises UnknownEventError, NotYetError."""
    with site_locale():
        letter = _known(event).render(subject_id, recipient)
        return letters.dress(letter) if isinstance(letter, EmailMessage) else letter


def call_over(event: str, subject_id: int, recipient: str) -> None:
    if event in _events:
        _events[event].over(subject_id, recipient)


def _known(event: str) -> Event:
    try:
        return _events[event]
    except KeyError:
        raise UnknownEventError(event) from None

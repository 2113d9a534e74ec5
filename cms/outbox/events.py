"""
Which function renders which event.

An app registers its events in ``AppConfig.ready``. A renderer takes the subject's id and the recipient and
returns the mail, ``None`` when there is nothing to say any more, or raises NotYetError.
"""

from collections.abc import Callable
from datetime import datetime

from django.core.mail import EmailMessage

Renderer = Callable[[int, str], EmailMessage | None]

_renderers: dict[str, Renderer] = {}


class NotYetError(Exception):
    """A renderer's word that this may be said, but not before a moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until)


class UnknownEventError(LookupError):
    """A row names an event that no installed app renders."""


def register(event: str, renderer: Renderer) -> None:
    _renderers[event] = renderer


def render(event: str, subject_id: int, recipient: str) -> EmailMessage | None:
    """Raises UnknownEventError, NotYetError."""
    try:
        renderer = _renderers[event]
    except KeyError:
        raise UnknownEventError(event) from None
    return renderer(subject_id, recipient)

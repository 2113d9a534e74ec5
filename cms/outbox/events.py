"""
Which function renders which event.

An app registers its events in ``AppConfig.ready``. A renderer takes the subject's id and the recipient and
returns the mail, or ``None`` when there is nothing to say any more.
"""

from collections.abc import Callable

from django.core.mail import EmailMessage

Renderer = Callable[[int, str], EmailMessage | None]

_renderers: dict[str, Renderer] = {}


class UnknownEventError(LookupError):
    """A row names an event that no installed app renders."""


def register(event: str, renderer: Renderer) -> None:
    _renderers[event] = renderer


def render(event: str, subject_id: int, recipient: str) -> EmailMessage | None:
    """Raises UnknownEventError."""
    try:
        renderer = _renderers[event]
    except KeyError:
        raise UnknownEventError(event) from None
    return renderer(subject_id, recipient)

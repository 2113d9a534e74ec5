"""Where a message stands, and what made somebody look twice."""

from django.db import models

FASTEST_SECONDS = 2


class State(models.TextChoices):
    NEW = "new", "New"
    HANDLED = "handled", "Handled"
    SPAM = "spam", "Spam"


class Reason(models.TextChoices):
    HONEYPOT = "honeypot", "Filled in the hidden field"
    UNSEALED = "unsealed", "Sent without having opened the page lately"
    TOO_FAST = "too-fast", "Sent within two seconds of opening the page"


def judge(*, honeypot_filled: bool, sealed: bool, seconds_open: float | None) -> tuple[State, list[Reason]]:
    """
    Say where a new message belongs, and why. A machine's own trap is spam; what is only odd is marked.

    ``sealed`` is False when a form came without the page's own mark; ``seconds_open`` is None without a form.
    """
    if honeypot_filled:
        return State.SPAM, [Reason.HONEYPOT]
    if not sealed:
        return State.NEW, [Reason.UNSEALED]
    if seconds_open is not None and seconds_open < FASTEST_SECONDS:
        return State.NEW, [Reason.TOO_FAST]
    return State.NEW, []

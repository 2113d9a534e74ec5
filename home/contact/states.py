"""The states of a message, and the reasons to look at one twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

FASTEST_SECONDS = 2


class State(models.TextChoices):
    NEW = "new", _("New")
    HANDLED = "handled", _("Handled")
    SPAM = "spam", _("Spam")


class Reason(models.TextChoices):
    HONEYPOT = "honeypot", _("Filled in the hidden field")
    UNSEALED = "unsealed", _("Sent without opening the page recently")
    TOO_FAST = "too-fast", _("Sent within two seconds of opening the page")


def judge(*, honeypot_filled: bool, sealed: bool, seconds_open: float | None) -> tuple[State, list[Reason]]:
    """
    Decide the state of a new message, and why. The trap for bots makes it spam; anything else is a mark.

    ``sealed`` is False when a form came without the page's own seal; ``seconds_open`` is None without a form.
    """
    if honeypot_filled:
        return State.SPAM, [Reason.HONEYPOT]
    if not sealed:
        return State.NEW, [Reason.UNSEALED]
    if seconds_open is not None and seconds_open < FASTEST_SECONDS:
        return State.NEW, [Reason.TOO_FAST]
    return State.NEW, []

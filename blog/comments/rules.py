"""
What is decided about a comment before a person sees it. Pure: facts in, verdict and reasons out.
"""

from dataclasses import dataclass
from enum import StrEnum

from blog.comments.states import Status

FASTEST_SECONDS = 2


class Reason(StrEnum):
    """Why a comment is where it is; stored with its decision."""

    HOLD_ALL = "hold-all"
    TOO_FAST = "too-fast"
    HONEYPOT = "honeypot"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Reason.HOLD_ALL: "Every comment is held",
    Reason.TOO_FAST: "Sent within two seconds",
    Reason.HONEYPOT: "Filled in the hidden field",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """``seconds_open`` is how long the form was open, ``None`` where there was no form."""

    honeypot_filled: bool = False
    seconds_open: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    reasons: tuple[Reason, ...]


def judge(facts: Facts) -> Verdict:
    """Return where a new comment belongs."""
    if facts.honeypot_filled:
        return Verdict(Status.SPAM, (Reason.HONEYPOT,))
    reasons = [Reason.HOLD_ALL]
    if facts.seconds_open is not None and facts.seconds_open < FASTEST_SECONDS:
        reasons.append(Reason.TOO_FAST)
    return Verdict(Status.PENDING, tuple(reasons))


def in_words(reasons: list[str]) -> list[str]:
    """Return stored reasons as a moderator reads them; a moderator's own words stay as they are."""
    known = {reason.value for reason in Reason}
    return [Reason(reason).words if reason in known else reason for reason in reasons]

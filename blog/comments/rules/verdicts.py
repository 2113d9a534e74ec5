"""
What is decided about a comment before a person sees it. Pure: facts and limits in, verdict and reasons out.

The rules speak in this order, and each that has something to say is stored with the decision:

    ban          a moderator has banned the person or the domain      held or trash
    honeypot     the hidden field was filled in                        spam
    spam words   a word of that list                                   spam
    hold words   a word of that list                                   held
    links        as many as the limit, or more                         held
    too fast     sent within two seconds                               held
    who waits    everyone, those not yet trusted, or no one            held or approved

Trash goes before spam, spam before held, and held before approved. A rule that fails holds the comment,
whatever the others say.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blog.comments.states import Ban, Moderation, Status
from cms.text import linking, words

FASTEST_SECONDS = 2

logger = logging.getLogger(__name__)


class Reason(StrEnum):
    """Why a comment is where it is; stored with its decision."""

    BANNED = "banned"
    REFUSED = "refused"
    HONEYPOT = "honeypot"
    SPAM_WORDS = "spam-words"
    HOLD_WORDS = "hold-words"
    LINKS = "links"
    TOO_FAST = "too-fast"
    HOLD_ALL = "hold-all"
    NOT_YET_TRUSTED = "not-yet-trusted"
    TRUSTED = "trusted"
    HOLD_NONE = "hold-none"
    RULE_FAILED = "rule-failed"

    @property
    def words(self) -> str:
        return str(WORDS[self])


class Remark(StrEnum):
    """What is stored as the reason of a decision that no rule made. The English is a code: rows have it."""

    WRITTEN_BY_STAFF = "Written by staff"
    EDITED_BY_MODERATOR = "Edited by a moderator"
    EDITED_BY_AUTHOR = "Edited by its author"
    EDIT_REFUSED = "Edit refused"
    WITHDRAWN = "Withdrawn by its author"
    ERASED = "erased"


WORDS = {
    Reason.BANNED: _("From a banned person"),
    Reason.REFUSED: _("From a person whose comments are refused"),
    Reason.HONEYPOT: _("Filled in the hidden field"),
    Reason.SPAM_WORDS: _("Contains a word that marks spam"),
    Reason.HOLD_WORDS: _("Contains a word that holds comments"),
    Reason.LINKS: _("Too many links"),
    Reason.TOO_FAST: _("Sent within two seconds"),
    Reason.HOLD_ALL: _("Every comment is held"),
    Reason.NOT_YET_TRUSTED: _("Not enough approved comments with a proven address"),
    Reason.TRUSTED: _("From a person whose comments were approved before"),
    Reason.HOLD_NONE: _("No rule holds it"),
    Reason.RULE_FAILED: _("A rule failed, so a person must read it"),
}
_REMARKS = {
    Remark.WRITTEN_BY_STAFF: _("Written by staff"),
    Remark.EDITED_BY_MODERATOR: _("Edited by a moderator"),
    Remark.EDITED_BY_AUTHOR: _("Edited by its author"),
    Remark.EDIT_REFUSED: _("Edit refused"),
    Remark.WITHDRAWN: _("Withdrawn by its author"),
    Remark.ERASED: _("erased"),
}
_IN_WORDS: dict[str, Promise] = {str(reason): words for reason, words in (*WORDS.items(), *_REMARKS.items())}
_TRASH = frozenset({Reason.REFUSED})
_SPAM = frozenset({Reason.HONEYPOT, Reason.SPAM_WORDS})
_LETS_PASS = frozenset({Reason.TRUSTED, Reason.HOLD_NONE})


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What is known of a comment that was sent.

    ``domain`` is that of the address, ``bans`` those that meet it; ``seconds_open`` how long the form was
    open, ``None`` without a form; ``proven_approved`` how many approved comments with a proven address its
    author has proven to be theirs.
    """

    text: str = ""
    name: str = ""
    domain: str = ""
    bans: tuple[str, ...] = ()
    honeypot_filled: bool = False
    seconds_open: float | None = None
    proven_approved: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules measure facts by. 0 of ``hold_links`` never holds for links."""

    moderation: str = Moderation.ALL
    trusted_after: int = 2
    hold_links: int = 2
    hold_words: tuple[str, ...] = ()
    spam_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    reasons: tuple[Reason, ...]


def judge(facts: Facts, limits: Limits | None = None) -> Verdict:
    """Return where a new comment belongs; without limits, every comment is held."""
    said = _Said(facts)
    spoken = (_ask(rule, said, limits or Limits()) for rule in RULES)
    return _verdict(tuple(dict.fromkeys(reason for reason in spoken if reason)))


def in_words(reasons: list[str]) -> list[str]:
    """Return stored reasons as a moderator reads them; a moderator's own words stay as they are."""
    return [str(_IN_WORDS.get(reason, reason)) for reason in reasons]


class _Said:
    """The facts, with name and text cut into words once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def words(self) -> list[str]:
        return [*words.cut(self.facts.name), words.BREAK, *words.cut(self.facts.text)]

    def says(self, listed: tuple[str, ...]) -> bool:
        return words.stand_in(self.words, listed) or words.stand_in_domain(self.facts.domain, listed)


_Rule = Callable[[_Said, Limits], Reason | None]


def _ban(said: _Said, limits: Limits) -> Reason | None:
    if Ban.REFUSE in said.facts.bans:
        return Reason.REFUSED
    return Reason.BANNED if Ban.HOLD in said.facts.bans else None


def _honeypot(said: _Said, limits: Limits) -> Reason | None:
    return Reason.HONEYPOT if said.facts.honeypot_filled else None


def _spam_words(said: _Said, limits: Limits) -> Reason | None:
    return Reason.SPAM_WORDS if said.says(limits.spam_words) else None


def _hold_words(said: _Said, limits: Limits) -> Reason | None:
    return Reason.HOLD_WORDS if said.says(limits.hold_words) else None


def _links(said: _Said, limits: Limits) -> Reason | None:
    found = len(linking.links(said.facts.text)) + len(linking.links(said.facts.name))
    return Reason.LINKS if limits.hold_links and found >= limits.hold_links else None


def _too_fast(said: _Said, limits: Limits) -> Reason | None:
    seconds = said.facts.seconds_open
    return Reason.TOO_FAST if seconds is not None and seconds < FASTEST_SECONDS else None


def _who_waits(said: _Said, limits: Limits) -> Reason:
    if limits.moderation == Moderation.NONE:
        return Reason.HOLD_NONE
    if limits.moderation == Moderation.UNTIL_TRUSTED:
        trusted = said.facts.proven_approved >= max(1, limits.trusted_after)
        return Reason.TRUSTED if trusted else Reason.NOT_YET_TRUSTED
    return Reason.HOLD_ALL


RULES: tuple[_Rule, ...] = (_ban, _honeypot, _spam_words, _hold_words, _links, _too_fast, _who_waits)


def _ask(rule: _Rule, said: _Said, limits: Limits) -> Reason | None:
    """The one boundary: what goes wrong in a rule holds the comment, and loses none."""
    try:
        return rule(said, limits)
    except Exception as error:  # noqa: BLE001 -- whatever a rule does wrong, a reader's words are kept and held
        # neither message nor traceback: they may quote what was typed
        logger.error("The rule %s failed: %s", rule.__name__, type(error).__name__)
        return Reason.RULE_FAILED


def _verdict(spoken: tuple[Reason, ...]) -> Verdict:
    against = tuple(reason for reason in spoken if reason not in _LETS_PASS)
    if Reason.RULE_FAILED not in against:
        for where, reasons in ((Status.TRASH, _TRASH), (Status.SPAM, _SPAM)):
            if given := tuple(reason for reason in against if reason in reasons):
                return Verdict(where, given)
    if against or not spoken:
        return Verdict(Status.PENDING, against)
    return Verdict(Status.APPROVED, spoken)

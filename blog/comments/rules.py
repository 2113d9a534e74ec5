"""
What is decided about a comment before a person sees it. Pure: facts and limits in, verdict and reasons out.

The rules speak in this order, and each that has something to say is stored with the decision:

    honeypot     the hidden field was filled in                        spam
    spam words   a word of that list                                   spam
    hold words   a word of that list                                   held
    links        as many as the limit, or more                         held
    too fast     sent within two seconds                               held
    who waits    everybody, the not yet trusted, or nobody             held or approved

Spam goes before held, and held before approved. A rule that fails holds the comment, whatever the others say.

Words are whole words in any script: text is folded (NFKC, case) and cut into words once, so accents count,
punctuation between words does not, and the time taken grows with the length of the text alone.
"""

import logging
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from blog.comments import text
from blog.comments.states import Moderation, Status

FASTEST_SECONDS = 2

logger = logging.getLogger(__name__)


class Reason(StrEnum):
    """Why a comment is where it is; stored with its decision."""

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
        return _WORDS[self]


_WORDS = {
    Reason.HONEYPOT: "Filled in the hidden field",
    Reason.SPAM_WORDS: "Says a word that marks as spam",
    Reason.HOLD_WORDS: "Says a word that holds",
    Reason.LINKS: "As many links as hold a comment",
    Reason.TOO_FAST: "Sent within two seconds",
    Reason.HOLD_ALL: "Every comment is held",
    Reason.NOT_YET_TRUSTED: "Not enough approved comments with a proven address",
    Reason.TRUSTED: "From a person whose comments were approved before",
    Reason.HOLD_NONE: "No rule holds it",
    Reason.RULE_FAILED: "A rule failed, so a person must read it",
}
_SPAM = frozenset({Reason.HONEYPOT, Reason.SPAM_WORDS})
_LETS_PASS = frozenset({Reason.TRUSTED, Reason.HOLD_NONE})


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What is known of a comment that was sent.

    ``domain`` is that of the address, ``seconds_open`` how long the form was open (``None``: there was no
    form), ``proven_approved`` how many approved comments with a proven address its author has shown to be his.
    """

    text: str = ""
    name: str = ""
    domain: str = ""
    honeypot_filled: bool = False
    seconds_open: float | None = None
    proven_approved: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules measure facts by. 0 of ``hold_links`` never holds for links."""

    moderation: Moderation = Moderation.ALL
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
    known = {reason.value for reason in Reason}
    return [Reason(reason).words if reason in known else reason for reason in reasons]


class _Said:
    """The facts, with the text cut into words once. ``None`` keeps a phrase from crossing from name to text."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def words(self) -> list[str | None]:
        return [*_words(self.facts.name), None, *_words(self.facts.text)]

    @cached_property
    def domain(self) -> str:
        return _domain(self.facts.domain)

    def says(self, listed: tuple[str, ...]) -> bool:
        """Say whether a listed word or phrase stands in the name or text, or between dots in the domain."""
        return _holds_phrase(self.words, _phrases(listed)) or bool(
            self.domain and any(f".{name}." in f".{self.domain}." for name in _domains(listed))
        )


_Rule = Callable[[_Said, Limits], Reason | None]


def _honeypot(said: _Said, limits: Limits) -> Reason | None:
    return Reason.HONEYPOT if said.facts.honeypot_filled else None


def _spam_words(said: _Said, limits: Limits) -> Reason | None:
    return Reason.SPAM_WORDS if said.says(limits.spam_words) else None


def _hold_words(said: _Said, limits: Limits) -> Reason | None:
    return Reason.HOLD_WORDS if said.says(limits.hold_words) else None


def _links(said: _Said, limits: Limits) -> Reason | None:
    found = len(text.links(said.facts.text)) + len(text.links(said.facts.name))
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


RULES: tuple[_Rule, ...] = (_honeypot, _spam_words, _hold_words, _links, _too_fast, _who_waits)


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
    spam = tuple(reason for reason in against if reason in _SPAM)
    if spam and Reason.RULE_FAILED not in against:
        return Verdict(Status.SPAM, spam)
    if against or not spoken:
        return Verdict(Status.PENDING, against)
    return Verdict(Status.APPROVED, spoken)


# --- Words ---

# Scripts that put no space between words: each character is a word, and what is listed a phrase of them.
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x309F),  # Hiragana
    (0x3400, 0x9FFF),  # ideographs
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def _fold(typed: str) -> str:
    """Return text for comparison: NFKC, no difference of case. Accents stay."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())


def _words(typed: str) -> list[str]:
    return "".join(_pieces(_fold(typed))).split()


def _pieces(folded: str) -> Iterator[str]:
    """Yield each character as it counts: part of a word, a word of its own, nothing, or a space."""
    for char in folded:
        kind = unicodedata.category(char)
        if kind == "So" or _stands_alone(char):
            yield f" {char} "
        elif kind[0] in "LNM":
            yield char
        elif kind != "Cf":  # an invisible character does not cut a word in two
            yield " "


def _stands_alone(char: str) -> bool:
    return char > "\u0dff" and any(first <= ord(char) <= last for first, last in _WITHOUT_SPACES)


_Branch = dict[str, Any]
_END = ""


@lru_cache(maxsize=16)
def _phrases(listed: tuple[str, ...]) -> _Branch:
    """Return the listed words and phrases as a tree: word by word from the root, ``_END`` where one ends."""
    root: _Branch = {}
    for words in filter(None, map(_words, listed)):
        branch = root
        for word in words:
            branch = branch.setdefault(word, {})
        branch[_END] = True
    return root


def _holds_phrase(words: list[str | None], root: _Branch) -> bool:
    """Walk the words once, with every phrase that may still come true."""
    begun: list[_Branch] = []
    for word in words:
        begun = [branch[word] for branch in (root, *begun) if word in branch]
        if any(_END in branch for branch in begun):
            return True
    return False


@lru_cache(maxsize=16)
def _domains(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, (_domain(line.lstrip("@")) for line in listed)))


def _domain(typed: str) -> str:
    """Return a domain in its one spelling, IDNA; what cannot be one stays as it is and matches none."""
    folded = _fold(typed).strip(". ")
    try:
        return folded.encode("idna").decode("ascii")
    except UnicodeError:
        return folded

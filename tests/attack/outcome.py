"""What an attack tells."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.attack.victim import Victim

ROW = "{:<11} {:<62} {:>6}  {:<4} {}\n"
MOST_TOLD = 3


class Outcome(NamedTuple):
    """How often something was tried, what was seen, and whether the site held."""

    tries: int
    seen: str
    held: bool


Attack = Callable[[Victim], Outcome]


class Told(NamedTuple):
    theme: str
    name: str
    outcome: Outcome


class NothingShownError(Exception):
    """What an attack stands on is not there: whatever it sees would mean nothing."""


class Tally:
    """
    What an attack counts as it goes on.

    One that tried nothing, required nothing or says nothing does not hold: it could not have failed.
    """

    def __init__(self) -> None:
        self.tries = 0
        self.required = 0
        self.wrongs: list[str] = []

    def require(self, what: str, met: object) -> None:
        """
        Stand on something: the bait is there, the right key opens, the eye sees what it looks for.

        Raises NothingShownError.
        """
        self.required += 1
        if not met:
            raise NothingShownError(what)

    def saw(self, what: object, *, wrong: object) -> None:
        """Count a try, and keep what it was if it should not have been."""
        self.tries += 1
        self.found(what, wrong=wrong)

    def found(self, what: object, *, wrong: object) -> None:
        """Keep what is wrong in the end, which was no try of its own."""
        if wrong:
            self.wrongs.append(str(what))

    def outcome(self, seen: str) -> "Outcome":
        if not (self.tries and self.required and seen):
            self.wrongs.append(f"{self.tries} tries, {self.required} requirements: it could not have failed")
        return judged(self.tries, seen, self.wrongs)


def judged(tries: int, seen: str, wrongs: Iterable[object]) -> Outcome:
    """Return an outcome that holds when nothing is wrong, and says what is."""
    wrongs = [str(wrong) for wrong in wrongs]
    if not wrongs:
        return Outcome(tries, seen, held=True)
    return Outcome(tries, f"{len(wrongs)} wrong: " + "; ".join(wrongs[:MOST_TOLD]), held=False)


def statuses(answers: Iterable[int]) -> str:
    """Say how often each status was answered."""
    return ", ".join(f"{number} × {status}" for status, number in sorted(Counter(answers).items()))


def tell(told: Told) -> None:
    """Print a row at once: a run takes minutes."""
    tries, seen, held = told.outcome
    sys.stdout.write(ROW.format(told.theme, told.name, f"{tries:,}", "yes" if held else "NO", seen))
    sys.stdout.flush()


def as_markdown(rows: Iterable[Told]) -> str:
    lines = [
        f"| {name} | {tries:,} | {seen} | {'yes' if held else 'no'} |"
        for _, name, (tries, seen, held) in rows
    ]
    return "\n".join(["| Tried | How often | Seen | Held |", "|---|---|---|---|", *lines]) + "\n"

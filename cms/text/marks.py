"""Combining marks. A normal form sorts each run of them, in time that grows with the square of the run."""

import unicodedata
from itertools import groupby

MOST_RAW_MARKS = 30  # UAX 15 calls such a text "stream-safe"

_KANA_MARKS = "\uff9e\uff9f"  # letters, until a compatible form makes marks of them


def is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"}


def bound_runs(text: str) -> str:
    """Return the text with no run of marks so long that a normal form would take long."""
    if text.isascii():
        return text
    runs = groupby(text, key=_is_reordered)
    return "".join("".join(run)[: MOST_RAW_MARKS if marks else None] for marks, run in runs)


def _is_reordered(char: str) -> bool:
    """Say whether a normal form may put a character elsewhere among its neighbours."""
    return is_mark(char) or unicodedata.combining(char) > 0 or char in _KANA_MARKS

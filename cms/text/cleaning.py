"""
What people typed, made safe to keep.

``normalise`` and ``single_line`` clean what a visitor sends, ``printable`` and ``printable_line`` what staff
write and what leaves: no XML, workbook, header or database refuses the result. Each takes time in step with
the length of the text.
"""

import re
import unicodedata
from itertools import groupby

from cms.text.marks import bound_runs, is_mark

MOST_MARKS = 4
MOST_MARKS_OF_A_SCRIPT = 10  # Burmese, Hebrew and Tibetan set more on one letter than a Latin letter ever has

_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TABS = re.compile("[\t\x1f]")
_PLANE_ENDS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
UNPRINTABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}]")
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile("[ \n]+")
# Unicode's Default_Ignorable_Code_Point, and the blank of Braille
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_GENERAL_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


class UnreadableTextError(ValueError):
    """Text no database or page can hold: a NUL, or half of a surrogate pair."""


def printable(text: str) -> str:
    """Return the text without what XML, a workbook or a header cannot hold; every kind of line end is one."""
    return UNPRINTABLE.sub("", _TABS.sub(" ", _LINE_ENDS.sub("\n", text)))


def printable_line(text: str) -> str:
    """Return the same on one line; a space that does not break stays."""
    return _BLANKS.sub(" ", printable(text)).strip()


def normalise(text: str) -> str:
    """
    Return printable text in NFC, without bidirectional-override characters, its marks bounded.

    Empty when nothing visible is left. Raises UnreadableTextError. Bound its length first.
    """
    if _UNREADABLE.search(text):
        raise UnreadableTextError
    text = _BIDI_CONTROLS.sub("", printable(text))
    if not text.isascii():
        text = _bound_marks(unicodedata.normalize("NFC", bound_runs(text)))
    text = text.strip()
    return text if any(_is_visible(char) for char in text) else ""


def single_line(text: str) -> str:
    """Return the text normalised and on one line. Raises UnreadableTextError."""
    return " ".join(normalise(text).split())


def compatible(text: str) -> str:
    """Return the text in NFKC, for comparison."""
    return unicodedata.normalize("NFKC", bound_runs(text))


def _is_visible(char: str) -> bool:
    kind = unicodedata.category(char)
    return (kind == "Cn" or kind[0] not in "CMZ") and not _INVISIBLE.match(char)


def _bound_marks(text: str) -> str:
    return "".join(_bounded("".join(run)) if marks else "".join(run) for marks, run in groupby(text, is_mark))


def _bounded(marks: str) -> str:
    return marks[: MOST_MARKS if _GENERAL_MARKS.match(marks) else MOST_MARKS_OF_A_SCRIPT]

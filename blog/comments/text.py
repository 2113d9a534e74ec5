"""What a reader typed, made safe to keep and to show."""

import re
import unicodedata
from itertools import groupby

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

MOST_MARKS = 4

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufeff\uffa0"
)
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}"
_BLANK_LINES = re.compile(r"\n\s*\n")


class UnreadableTextError(ValueError):
    """Text no database or page can hold: a NUL, or half of a surrogate pair."""


def normalise(text: str) -> str:
    """
    Return the text in NFC, without control and bidirectional-override characters, its marks bounded.

    Empty when nothing visible is left. Raises UnreadableTextError.
    """
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise UnreadableTextError
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _bound_marks("".join(char for char in text if _is_kept(char))).strip()
    return text if any(_is_visible(char) for char in text) else ""


def single_line(text: str) -> str:
    """Return the text normalised and on one line. Raises UnreadableTextError."""
    return " ".join(normalise(text).split())


def links(text: str) -> list[str]:
    """Return the web addresses in a text."""
    return [match.group().rstrip(_AFTER_LINK) for match in _LINK.finditer(text)]


def as_html(text: str) -> SafeString:
    """Return paragraphs and line breaks, with web addresses as links that pass on no credit."""
    paragraphs = (part for part in _BLANK_LINES.split(text) if part.strip())
    return mark_safe("".join(f"<p>{_linked(part.strip())}</p>" for part in paragraphs))  # noqa: S308 -- every piece is escaped by _linked


def _linked(text: str) -> str:
    pieces, end = [], 0
    for match in _LINK.finditer(text):
        url = match.group().rstrip(_AFTER_LINK)
        pieces += [escape(text[end : match.start()]), _link(url)]
        end = match.start() + len(url)
    pieces.append(escape(text[end:]))
    return "".join(pieces).replace("\n", "<br>")


def _link(url: str) -> str:
    return format_html('<a href="{}" rel="ugc nofollow noopener">{}</a>', url, url)


def _is_kept(char: str) -> bool:
    return char == "\n" or (
        char not in _BIDI_CONTROLS and unicodedata.category(char) not in {"Cc", "Cs", "Cn"}
    )


def _is_visible(char: str) -> bool:
    return not char.isspace() and char not in _INVISIBLE and unicodedata.category(char)[0] not in "CMZ"


def _bound_marks(text: str) -> str:
    runs = groupby(text, key=lambda char: unicodedata.category(char) in {"Mn", "Me"})
    return "".join("".join(run)[:MOST_MARKS] if marks else "".join(run) for marks, run in runs)

"""The part of a text that a search has found, with the words that match in ``<mark>``."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cms.search import words

LONGEST_READ = 20_000  # characters of a text
LONGEST = 240  # characters of what is shown
BEFORE = 60  # characters before the first match
_WORD = re.compile(r"\S+")

Place = tuple[int, int]


def snippet(text: str, query: str) -> SafeString:
    """Return HTML: up to LONGEST characters around the first match, else the beginning of the text."""
    text = " ".join(text[:LONGEST_READ].split())
    places = list(_matches(text, query))
    start = _start(text, places[0][0]) if places else 0
    end = _end(text, start)
    parts, at = ["… " if start else ""], start
    for first, last in places:
        if first >= at and last <= end:
            parts += [escape(text[at:first]), format_html("<mark>{}</mark>", text[first:last])]
            at = last
    parts += [escape(text[at:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 -- escaped piece by piece


def _matches(text: str, query: str) -> Iterator[Place]:
    """Yield where words of a query stand: whole words, and the pieces themselves where none divides words."""
    terms = frozenset(words.query_terms(query).split())
    pieces = [piece.casefold() for piece in query[: words.LONGEST_QUERY].split()]
    beginnings = {_beginning(piece) for piece in pieces}
    for found in _WORD.finditer(text):
        word, at = found[0], found.start()
        if words.is_spaceless(word):
            yield from _pieces(word, at, pieces)
            continue
        start, end = _bare(word)
        if _beginning(word[start:end]) in beginnings and terms & _terms(word):
            yield at + start, at + end


def _bare(word: str) -> Place:
    """Return where a word begins and ends between the signs around it."""
    inside = [place for place, char in enumerate(word) if unicodedata.category(char)[0] in "LMN"]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _pieces(word: str, at: int, pieces: list[str]) -> Iterator[Place]:
    folded = word.casefold()
    if len(folded) != len(word):  # an unusual letter: its places would be others
        return
    places = (match.span() for piece in pieces for match in re.finditer(re.escape(piece), folded))
    done = 0
    for start, end in sorted(places):
        if start >= done:
            yield at + start, at + end
            done = end


@lru_cache(maxsize=8192)
def _terms(word: str) -> frozenset[str]:
    return frozenset(words.index_terms(word[: words.LONGEST_WORD]).split())


def _beginning(word: str) -> str:
    """Return the first letter without accents: a word that begins with another one cannot match."""
    return unicodedata.normalize("NFKD", word[:1])[:1].casefold()


def _start(text: str, first: int) -> int:
    """Return where a snippet begins: at a word, a little before its first match."""
    start = max(0, first - BEFORE)
    space = text.find(" ", start, first) if start else -1
    return space + 1 if space >= 0 else start


def _end(text: str, start: int) -> int:
    end = min(len(text), start + LONGEST)
    space = text.rfind(" ", start + LONGEST // 2, end) if end < len(text) else -1
    return space if space >= 0 else end

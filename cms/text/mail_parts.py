"""
The parts of a plain text mail: paragraphs, lists, quotes, links on a line of their own, and its foot.

Mails are written as text once, and what is shown as HTML is read from that. A link is one of the site's own
addresses; what others wrote stays text. Each function takes time in step with the length of the text.
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from cms.text import linking

COLUMNS = 76  # where lines of our mails are wrapped
LONGEST_WRAPPED_LINE = 80  # as some templates are wrapped by hand

_BLANK_LINES = re.compile(r"\n\s*\n")
_ITEMS = ("- ", "* ")
_FOOT = "--"
CONTINUES = {
    "paragraph": ("paragraph",),
    "list": ("paragraph",),
    "quote": ("quote",),
}  # what a wrapped line is


class Piece(NamedTuple):
    text: str
    url: str = ""


class Block(NamedTuple):
    """``kind`` is paragraph, list, quote or link. A list has a line for each item, a link one piece."""

    kind: str
    lines: list[list[Piece]]

    @property
    def urls(self) -> list[str]:
        return [piece.url for line in self.lines for piece in line if piece.url]


class Parts(NamedTuple):
    blocks: list[Block]
    foot: list[str]


def parts(text: str, site: str) -> Parts:
    """Return the parts of a mail of the site at this address, which has no slash at its end."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    foot = list(takewhile(lambda line: line != _FOOT, reversed(lines))) if _FOOT in lines else []
    above = "\n".join(lines[: len(lines) - len(foot) - 1] if foot else lines)
    blocks = [block for part in _BLANK_LINES.split(above) if part for block in _blocks(part, site)]
    return Parts(blocks, [line for line in reversed(foot) if line])


def _blocks(paragraph: str, site: str) -> Iterator[Block]:
    """Yield what a paragraph consists of: lines of one kind after another."""
    kind, lines = "", list[str]()
    for line, begins in _lines(paragraph, site):
        if kind and begins != kind:
            yield Block(kind, [_pieces(each, kind, site) for each in lines])
            lines = []
        kind = begins
        lines.append(line)
    if lines:
        yield Block(kind, [_pieces(each, kind, site) for each in lines])


def _lines(paragraph: str, site: str) -> Iterator[tuple[str, str]]:
    """Yield each line, without what marks its kind, and the kind. Lines that were only wrapped are one."""
    kind, whole, last = "", list[str](), ""
    for line in paragraph.strip("\n").split("\n"):
        begins = _kind(line.strip(), site)
        if whole and begins in CONTINUES.get(kind, ()) and _was_wrapped(last, line):
            whole.append(_without_mark(line.strip(), begins))
        else:
            if whole:
                yield " ".join(whole), kind
            kind, whole = begins, [_without_mark(line.strip(), begins)]
        last = line
    if whole:
        yield " ".join(whole), kind


def _kind(line: str, site: str) -> str:
    if line.startswith(">"):
        return "quote"
    if line.startswith(_ITEMS):
        return "list"
    return "link" if is_own(line, site) and linking.links(line) == [line] else "paragraph"


def _without_mark(line: str, kind: str) -> str:
    return line[1:].strip() if kind in ("quote", "list") else line


def _was_wrapped(line: str, following: str) -> bool:
    """Say whether a line ended because the next word had no room, and not on purpose."""
    word = following.removeprefix(">").split(maxsplit=1)[:1]
    return len(line) <= LONGEST_WRAPPED_LINE and len(line) + 1 + len("".join(word)) > COLUMNS


def _pieces(line: str, kind: str, site: str) -> list[Piece]:
    """Split a line at its links. What is quoted has none: others wrote it."""
    found, end = [], 0
    for start, url in linking.spans(line) if kind != "quote" else ():
        if is_own(url, site):
            found += [Piece(line[end:start]), Piece(url, url)]
            end = start + len(url)
    return [piece for piece in (*found, Piece(line[end:])) if piece.text]


def is_own(url: str, site: str) -> bool:
    """Say whether an address is one of the site's."""
    return url == site or url.startswith(tuple(site + mark for mark in "/?#"))

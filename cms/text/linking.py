"""
Plain text as HTML: paragraphs, line breaks, and web addresses as links.

Where an address ends is decided as GitHub's readers expect. Each function takes time in step with the length
of the text.
"""

import re
from collections.abc import Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

LONGEST_LINK = 2000

_BLANK_LINES = re.compile(r"\n\s*\n")

# A letter before "http" makes it part of a word, but where words have no spaces between them.
_WITHOUT_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CJK_PUNCTUATION = (
    "\u3001-\u3003\u3008-\u3011\u3014-\u301b\u301d-\u301f\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f"
    "\uff3b\uff3d\uff5b\uff5d\uff5f-\uff65"
)
_LINK = re.compile(
    rf"(?:(?<![^\W_])|(?<=[{_WITHOUT_SPACES}]))https?://[^\W_][^\s<>\"\u200b\ufeff{_CJK_PUNCTUATION}]*",
    re.IGNORECASE,
)
_AFTER_LINK = frozenset(
    "?!.,:;*_~'`\u2018\u2019\u201c\u201d\u2026\u00ab\u00bb\u2039\u203a"
    "\u060c\u061b\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4"
)
_OPENING = {")": "(", "]": "[", "}": "{"}


def links(text: str) -> list[str]:
    """Return the web addresses in a text."""
    return [url for _, url in spans(text)]


def as_html(text: str) -> SafeString:
    """Return paragraphs and line breaks, with web addresses as links that pass on no credit."""
    paragraphs = (part for part in _BLANK_LINES.split(text) if part.strip())
    return mark_safe("".join(f"<p>{_linked(part.strip())}</p>" for part in paragraphs))  # noqa: S308 -- every piece is escaped by _linked


def _linked(text: str) -> str:
    pieces, end = [], 0
    for start, url in spans(text):
        pieces += [escape(text[end:start]), _link(url)]
        end = start + len(url)
    pieces.append(escape(text[end:]))
    return "".join(pieces).replace("\n", "<br>")


def _link(url: str) -> str:
    return format_html('<a href="{}" rel="ugc nofollow noopener">{}</a>', url, url)


def spans(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each web address starts, and the address."""
    if "://" not in text:
        return
    for match in _LINK.finditer(text):
        url = _without_what_follows(match.group())
        if len(url) <= LONGEST_LINK:
            yield match.start(), url


def _without_what_follows(url: str) -> str:
    """
    Return an address without the punctuation of the sentence around it, in one walk from its end.

    As GitHub does (GFM, "Autolinks (extension)", path validation): a closing bracket belongs to the address
    when it was opened there, "&copy;" at the end does not. Other brackets are treated as round ones are.
    """
    end = len(url)
    unopened = {mark: url.count(mark) - url.count(opening) for mark, opening in _OPENING.items()}
    while (last := url[end - 1]) in _AFTER_LINK or unopened.get(last, 0) > 0:
        if last in unopened:
            unopened[last] -= 1
        end = _start_of_entity(url, end) if last == ";" else end - 1
    return url[:end]


def _start_of_entity(url: str, end: int) -> int:
    """Return where an entity starts whose semicolon is the last character, or the place of that."""
    start = end - 1
    while url[start - 1].isascii() and url[start - 1].isalnum():
        start -= 1
    return start - 1 if url[start - 1] == "&" and start < end - 1 else end - 1

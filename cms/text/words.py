"""
Whole words, in any script: how a text is split into them, and whether one of a list is among them.

Text is folded (NFKC, case) and cut once: accents count, case and the punctuation between words do not, a
listed phrase is words in a row. No pattern is compiled from what an owner lists, and the time taken grows
with the length of the text.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cms.text import cleaning, mail_address

BREAK = "\n"  # no word: a phrase does not cross it

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
_END = ""  # nor is this: it marks where a phrase ends

_Branch = dict[str, Any]


def fold(typed: str) -> str:
    """Return text for comparison: NFKC, without the difference of case. Accents stay."""
    return cleaning.compatible(cleaning.compatible(typed).casefold())


def cut(typed: str) -> list[str]:
    """Return the words of a text, folded."""
    return "".join(_pieces(fold(typed))).split()


def stand_in(words: list[str], listed: tuple[str, ...]) -> bool:
    """Say whether a listed word or phrase is among words: one walk, with every phrase begun so far."""
    root = _tree(listed)
    begun: list[_Branch] = []
    for word in words:
        begun = [branch[word] for branch in (root, *begun) if word in branch]
        if any(_END in branch for branch in begun):
            return True
    return False


def stand_in_domain(domain: str, listed: tuple[str, ...]) -> bool:
    """Say whether a listed domain is this one or above it, or a listed word is one of its labels."""
    labels = f".{_one_spelling(domain)}."
    return any(
        labels.endswith(f".{name}.") if "." in name else f".{name}." in labels for name in _domains(listed)
    )


def _pieces(folded: str) -> Iterator[str]:
    """Yield each character as it counts: part of a word, a word of its own, nothing, or a space."""
    for char in folded:
        kind = unicodedata.category(char)
        if kind in {"So", "Cn"} or _stands_alone(char):  # Cn: an emoji newer than Python's table
            yield f" {char} "
        elif kind[0] in "LNM":
            yield char
        elif kind != "Cf":  # an invisible character does not cut a word in two
            yield " "


def _stands_alone(char: str) -> bool:
    return char > "\u0dff" and any(first <= ord(char) <= last for first, last in _WITHOUT_SPACES)


@lru_cache(maxsize=16)
def _tree(listed: tuple[str, ...]) -> _Branch:
    """Return what is listed as a tree: word by word from the root, ``_END`` where a phrase ends."""
    root: _Branch = {}
    for phrase in filter(None, map(cut, listed)):
        branch = root
        for word in phrase:
            branch = branch.setdefault(word, {})
        branch[_END] = True
    return root


@lru_cache(maxsize=16)
def _domains(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, (_one_spelling(line.lstrip("@")) for line in listed)))


def _one_spelling(domain: str) -> str:
    return mail_address.domain_in_ascii(cleaning.compatible(domain).strip(". "))

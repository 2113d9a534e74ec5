"""
Words in a picture: which of the bundled fonts has their letters, and how they are set.

Six subsets of free fonts in `typefaces/` (licences beside them) have the Latin, Greek, Cyrillic, Armenian,
Georgian, Arabic, Hebrew, Devanagari, Bengali, Tamil and Thai scripts. Words in any other are left out rather
than drawn as boxes.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from PIL import ImageDraw, ImageFont, features

FOLDER = Path(__file__).parent / "typefaces"
SANS, SERIF = "DejaVuSans-Bold", "DejaVuSerif"
OTHERS = (SANS, "NotoSansDevanagari-Bold", "NotoSansBengali-Bold", "NotoSansTamil-Bold", "NotoSansThai-Bold")
LONGEST = 240  # characters
NO_CHARACTER = "\uffff"
ELLIPSIS = "…"
PICTORIAL = frozenset(("So", "Sk", "Cf", "Cc", "Co", "Cs"))  # categories: emoji and what cannot be seen
JOINERS = "\u200c\u200d"
RIGHT_TO_LEFT = frozenset(("R", "AL"))

Font = ImageFont.FreeTypeFont


class Word(NamedTuple):
    text: str
    face: str


class Lines(NamedTuple):
    rows: list[list[Word]]
    size: int  # pixels


def drawable(text: str, face: str) -> list[Word]:
    """Return the words without emoji, each with a font that has it; nothing where one has none."""
    shown = "".join(each for each in text[:LONGEST] if _is_letter(each))
    faces = (SANS,) if is_rtl(shown) else (face, *OTHERS)  # the other way round, a row is set as a whole
    words = [Word(word, next((each for each in faces if _has(each, word)), "")) for word in shown.split()]
    return words if all(word.face for word in words) and _can_shape(shown) else []


def is_rtl(text: str) -> bool:
    """Say whether the first letter that has a direction goes from right to left."""
    kinds = (unicodedata.bidirectional(each) for each in text)
    return next((kind for kind in kinds if kind in {"L", *RIGHT_TO_LEFT}), "L") in RIGHT_TO_LEFT


def fit(words: Sequence[Word], sizes: Sequence[int], width: int, most: int) -> Lines:
    """Break words into at most so many rows, in the first size that is small enough; else cut them off."""
    for size in sizes:
        rows = _rows(words, size, width)
        if len(rows) <= most and all(length(row, size) <= width for row in rows):
            return Lines(rows, size)
    cut = [_cut(row, sizes[-1], width, last=at == most - 1) for at, row in enumerate(rows[:most])]
    return Lines(cut, sizes[-1])


def write(
    canvas: ImageDraw.ImageDraw, row: Sequence[Word], at: tuple[float, float], size: int, fill: str
) -> None:
    """Write a row with its left end and its baseline there."""
    x, y = at
    if is_rtl(_text(row)):
        canvas.text((x, y), _text(row), fill, font(row[0].face, size), anchor="ls", direction="rtl")
        return
    for word in row:
        canvas.text((x, y), word.text, fill, font(word.face, size), anchor="ls")
        x += font(word.face, size).getlength(word.text) + _space(size)


def font(face: str, size: int) -> Font:
    return ImageFont.truetype(str(FOLDER / f"{face}.ttf"), size)


def _is_letter(character: str) -> bool:
    if character in JOINERS or character.isspace():
        return True
    return unicodedata.category(character) not in PICTORIAL and not "\ufe00" <= character <= "\ufe0f"


def _can_shape(text: str) -> bool:
    """Latin, Greek and Cyrillic are set without Raqm; scripts that join or turn are not."""
    return bool(features.check_feature("raqm")) or all(
        ord(each) < 0x0530 or ord(each) > 0x1DFF for each in text
    )


def _has(face: str, word: str) -> bool:
    return all(_has_character(face, each) for each in word)


_one_at_a_time = Lock()  # a font is no thread's own


@lru_cache(maxsize=8192)
def _has_character(face: str, character: str) -> bool:
    if character in JOINERS:
        return True
    with _one_at_a_time:
        return bytes(_sample(face).getmask(character)) != bytes(_sample(face).getmask(NO_CHARACTER))


@lru_cache(maxsize=8)
def _sample(face: str) -> Font:
    return font(face, 20)


def _rows(words: Sequence[Word], size: int, width: int) -> list[list[Word]]:
    rows: list[list[Word]] = [[]]
    for word in words:
        if rows[-1] and length([*rows[-1], word], size) > width:
            rows.append([])
        rows[-1].append(word)
    return rows


def _cut(row: list[Word], size: int, width: int, *, last: bool) -> list[Word]:
    """Shorten the last word until the row is narrow enough; the last row says that there was more."""
    end = ELLIPSIS if last else ""
    text = row[-1].text
    while text and length([*row[:-1], Word(text + end, row[-1].face)], size) > width:
        text, end = text[:-1], ELLIPSIS
    return [*row[:-1], Word(text + end, row[-1].face)]


def length(row: Sequence[Word], size: int) -> float:
    words = (font(word.face, size).getlength(word.text) for word in row)
    return sum(words) + _space(size) * (len(row) - 1)


def _space(size: int) -> float:
    return size * 0.3


def _text(row: Sequence[Word]) -> str:
    return " ".join(word.text for word in row)

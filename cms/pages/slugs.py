"""Words as a part of an address, in any script."""

import re
import unicodedata
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.text import words

LONGEST = 90
ROOM_FOR_NUMBER = 5
_GAPS = re.compile(r"[-\s]+")
_LAST_SIGMA = re.compile(r"σ\b")  # case folding takes ς for σ
_VARIATIONS = range(0xFE00, 0xFE10)  # they choose between the pictures of a sign
ONLY_LETTERS = _("Use letters, digits, hyphens and underscores.")


def of(typed: str) -> str:
    """Return letters, digits and marks in lower case, with hyphens for spaces; code points of other signs."""
    folded = words.fold(typed)
    kept = _GAPS.sub("-", "".join(char for char in folded if char.isspace() or _stays(char))).strip("-_")
    slug = _LAST_SIGMA.sub("ς", kept) or "-".join(f"u{ord(char):x}" for char in folded if _is_sign(char))
    return slug[:LONGEST].strip("-_")


def free(typed: str, longest: int, is_taken: Callable[[str], bool]) -> str:
    """Return a slug of the words that nothing else has, of at most so many characters."""
    slug, number = of(typed)[: longest - ROOM_FOR_NUMBER], 1
    while is_taken(numbered(slug, number)):
        number += 1
    return numbered(slug, number)


def numbered(slug: str, number: int) -> str:
    """Return the slug itself for the first of several, as taggit numbers them."""
    return slug if number == 1 else f"{slug}_{number - 1}"


def validate(slug: str) -> None:
    """Django's own check refuses the vowel signs of half of Asia. Raises ValidationError."""
    if not all(map(_stays, slug)):
        raise ValidationError(ONLY_LETTERS, code="invalid")


def _stays(char: str) -> bool:
    kind = unicodedata.category(char)
    return char in "-_" or (kind[0] in "LNM" and kind != "Me" and ord(char) not in _VARIATIONS)


def _is_sign(char: str) -> bool:
    return not char.isspace() and ord(char) not in _VARIATIONS

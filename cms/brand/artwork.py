"""What the pictures of a brand are made of, and the addresses they have."""

from hashlib import sha256
from typing import NamedTuple

from django.urls import reverse

DRAWN_AS = 1  # the next number when drawing.py draws otherwise


class Artwork(NamedTuple):
    name: str
    letters: str
    accent: str
    faces: str
    corners: str
    logo: str = ""  # which file; empty for none
    shows_name: bool = True


def digest(*parts: object) -> str:
    return sha256(repr((DRAWN_AS, *parts)).encode()).hexdigest()[:16]


def url(of: str, name: str) -> str:
    """Return the address of a picture that was drawn with this digest."""
    return reverse("brand_picture", args=[of, *name.split(".")])

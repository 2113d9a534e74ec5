"""A logo: how small it may be, and on which paper nobody would see it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images import get_image_model

from cms.brand.colours import contrast

SMALLEST = 64  # pixels
WIDEST_IN_A_SQUARE = 2.0  # times its height: a longer one is too small there
VISIBLE = 96  # of 255
TRANSPARENT = 0.01  # of its pixels
FAINT = 1.8  # contrast, to 1: below it a shape is hardly seen
MOST_FAINT = 0.2  # of the visible pixels
SAMPLE = (48, 48)


def validate_logo(value: Any) -> None:
    """Raises ValidationError for a picture that is too small; it is given as its primary key."""
    picture = get_image_model().objects.filter(pk=getattr(value, "pk", value)).only("width", "height").first()
    if picture and min(picture.width, picture.height) < SMALLEST:
        sentence = _(
            "This picture is %(width)s by %(height)s pixels. A logo has at least %(least)s by %(least)s."
        )
        sizes = {"width": picture.width, "height": picture.height, "least": SMALLEST}
        raise ValidationError(sentence, code="too_small", params=sizes)


def is_square_enough(logo: Image.Image) -> bool:
    return logo.width <= WIDEST_IN_A_SQUARE * logo.height


def vanishes(logo: Image.Image, papers: Iterable[str]) -> bool:
    """Say whether much of a transparent logo would not be seen on one of these papers."""
    pixels = _visible(logo)
    return bool(pixels) and any(_faint(pixels, paper) > MOST_FAINT for paper in papers)


def _faint(pixels: Sequence[str], paper: str) -> float:
    return sum(contrast(each, paper) < FAINT for each in pixels) / len(pixels)


def _visible(logo: Image.Image) -> list[str]:
    """Return the colours that are seen of it; none of a logo that brings its own paper."""
    sample = logo.convert("RGBA").resize(SAMPLE)
    alphas, flat = sample.getchannel("A").tobytes(), sample.convert("RGB").tobytes().hex()
    if sum(alpha < VISIBLE for alpha in alphas) <= TRANSPARENT * len(alphas):
        return []
    return [f"#{flat[6 * at : 6 * at + 6]}" for at, alpha in enumerate(alphas) if alpha >= VISIBLE]

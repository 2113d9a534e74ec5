"""A logo: how small it may be, and on which paper nobody would see it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images import get_image_model

from cms.brand.colours import contrast

Size = tuple[int, int]  # pixels, width and height

LEAST_LOGO: Size = (64, 64)
LEAST_SOCIAL: Size = (600, 315)
WIDEST_IN_A_SQUARE = 2.0  # times its height: a longer one is too small there
VISIBLE = 96  # of 255
TRANSPARENT = 0.01  # of its pixels
FAINT = 1.8  # contrast, to 1: below it a shape is hardly seen
MOST_FAINT = 0.2  # of the visible pixels
SAMPLE = (48, 48)


def validate_logo(value: Any) -> None:
    """Raises ValidationError for a picture that is too small; it is given as its primary key."""
    _require(value, LEAST_LOGO)


def validate_social_picture(value: Any) -> None:
    """Likewise, for links that are shared."""
    _require(value, LEAST_SOCIAL)


def require_size(size: Size, least: Size) -> None:
    """Raises ValidationError for a size that is less than the other, in width or in height."""
    if size[0] < least[0] or size[1] < least[1]:
        sentence = _(
            "This picture is %(width)s by %(height)s pixels. It must be at least %(least_width)s by"
            " %(least_height)s, or it would be blurred."
        )
        params = {"width": size[0], "height": size[1], "least_width": least[0], "least_height": least[1]}
        raise ValidationError(sentence, code="too_small", params=params)


def _require(value: Any, least: Size) -> None:
    picture = get_image_model().objects.filter(pk=getattr(value, "pk", value)).only("width", "height").first()
    if picture:
        require_size((picture.width, picture.height), least)


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

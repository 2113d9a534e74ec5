"""A picture for programs: every rendition that is drawn, by name and by format."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field
from wagtail.images.models import AbstractImage, AbstractRendition

from cms.pictures import renditions, specs

MIME = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}
DEFAULT = "format-webp|width-1200"
NAMED = {"card": specs.CARD, "card_wide": specs.WIDE_CARD, "share": specs.SHARED}


class RenditionOut(BaseModel):
    url: str
    width: int = Field(description="In pixels.")
    height: int = Field(description="In pixels.")


class NamedSizesOut(BaseModel):
    """Crops around the focal point. Null for a size that is not drawn; a picture in a text has none."""

    card: RenditionOut | None = Field(description="640 by 400, WebP.")
    card_wide: RenditionOut | None = Field(description="1280 by 800, WebP.")
    share: RenditionOut | None = Field(description="1200 by 630, JPEG, for link previews.")


class SourceOut(BaseModel):
    """One `<source>` of a `<picture>`; the uncropped picture in several widths."""

    type: Literal["image/avif", "image/webp", "image/jpeg"]
    srcset: str
    renditions: list[RenditionOut]


class FocalPointOut(BaseModel):
    x: float = Field(ge=0, le=1, description="From the left edge, as a fraction of the width.")
    y: float = Field(ge=0, le=1, description="From the top edge, as a fraction of the height.")


class PictureOut(RenditionOut):
    """`url` is one rendition to show where a choice is not needed."""

    alt: str = Field(description="Empty for a decorative picture.")
    caption: str
    credit: str
    focal_point: FocalPointOut | None
    sizes: NamedSizesOut
    sources: list[SourceOut] = Field(description="The best format first.")


def picture(
    image: AbstractImage | None,
    *,
    default: str = DEFAULT,
    alt: str | None = None,
    caption: str = "",
    credit: str = "",
) -> dict[str, Any] | None:
    """Return a ``PictureOut``; None where there is no picture, or none is drawn yet."""
    drawn = renditions.of(image, *specs.ALL) if image else {}
    shown = drawn.get(default) or next(iter(drawn.values()), None)
    if image is None or shown is None:
        return None
    return {
        **_rendition(shown),
        "alt": image.default_alt_text if alt is None else alt,
        "caption": caption,
        "credit": credit,
        "focal_point": _focal_point(image),
        "sizes": {name: _rendition(drawn[spec]) if spec in drawn else None for name, spec in NAMED.items()},
        "sources": [source for kind in reversed(specs.FORMATS) if (source := _source(drawn, kind))],
    }


def _rendition(drawn: AbstractRendition) -> dict[str, Any]:
    return {"url": drawn.full_url, "width": drawn.width, "height": drawn.height}


def _source(drawn: Mapping[str, AbstractRendition], kind: str) -> dict[str, Any] | None:
    wanted = (f"format-{kind}|width-{width}" for width in sorted(specs.WIDTHS))
    by_width = {drawn[spec].width: _rendition(drawn[spec]) for spec in wanted if spec in drawn}
    found = list(by_width.values())  # a small picture is not enlarged: its widths are all the same
    if not found:
        return None
    srcset = ", ".join(f"{each['url']} {each['width']}w" for each in found)
    return {"type": MIME[kind], "srcset": srcset, "renditions": found}


def _focal_point(image: AbstractImage) -> dict[str, float] | None:
    point = image.get_focal_point()
    if point is None or not image.width or not image.height:
        return None
    x, y = point.centroid
    return {"x": _fraction(x, image.width), "y": _fraction(y, image.height)}


def _fraction(part: float, whole: int) -> float:
    return round(min(max(part / whole, 0.0), 1.0), 4)

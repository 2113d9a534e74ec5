"""A picture for programs: every rendition that is drawn, by name and by format."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.utils.encoding import filepath_to_uri
from pydantic import BaseModel, Field
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from cms.pictures import renditions, specs
from cms.reading.prepared import Given, prepared

Sizes = Mapping[str, dict[str, Any]]  # by specification, a ``RenditionOut`` of what is drawn

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
    drawn: Sizes | None = None,
    default: str = DEFAULT,
    alt: str | None = None,
    caption: str = "",
    credit: str = "",
) -> dict[str, Any] | None:
    """
    Return a ``PictureOut``; None where there is no picture, or none is drawn yet.

    Who shows many reads what is ``drawn`` of all of them at once, by ``sizes_of``.
    """
    if image is None:
        return None
    drawn = _sizes(image) if drawn is None else drawn
    shown = drawn.get(default) or next(iter(drawn.values()), None)
    if shown is None:
        return None
    return {
        **shown,
        "alt": image.default_alt_text if alt is None else alt,
        "caption": caption,
        "credit": credit,
        "focal_point": _focal_point(image),
        "sizes": {name: drawn.get(spec) for name, spec in NAMED.items()},
        "sources": [source for kind in reversed(specs.FORMATS) if (source := _source(drawn, kind))],
    }


def sizes_of(images: Iterable[AbstractImage]) -> dict[int, Sizes]:
    """
    Return what is drawn of each picture, by its key, in one query and without an object for each file.

    A list of 20 posts shows 240 renditions: made into objects, with an address asked for each, they cost more
    than all the rest of it.
    """
    by_key = {image.pk: image for image in images}
    found: dict[int, dict[tuple[str, str], dict[str, Any]]] = {key: {} for key in by_key}
    folder = _with_host(get_image_model().get_rendition_model()._meta.get_field("file").storage.url(""))
    for key, spec, focal_point, name, width, height in _rows(images=by_key) if by_key else ():
        url = f"{folder}{filepath_to_uri(name)}"
        found[key][spec, focal_point] = {"url": url, "width": width, "height": height}
    return {key: _in_order(by_key[key], drawn) for key, drawn in found.items()}


@prepared
def _rows() -> QuerySet:
    drawn = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs.ALL)
    drawn = drawn.filter(image__id__in=[Given("images", many=True)])
    return drawn.values_list("image_id", "filter_spec", "focal_point_key", "file", "width", "height")


def _in_order(image: AbstractImage, drawn: Mapping[tuple[str, str], dict[str, Any]]) -> Sizes:
    """Leave out what was drawn around another focal point."""
    wanted = {spec: (spec, renditions.focal_point_key(image, spec)) for spec in specs.ALL}
    return {spec: drawn[key] for spec, key in wanted.items() if key in drawn}


def _sizes(image: AbstractImage) -> Sizes:
    return {
        spec: {"url": _with_host(each.url), "width": each.width, "height": each.height}
        for spec, each in renditions.of(image, *specs.ALL).items()
    }


def _with_host(url: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL}{url}" if url.startswith("/") else url


def _source(drawn: Sizes, kind: str) -> dict[str, Any] | None:
    wanted = (f"format-{kind}|width-{width}" for width in sorted(specs.WIDTHS))
    by_width = {drawn[spec]["width"]: drawn[spec] for spec in wanted if spec in drawn}
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

"""
The renditions of a picture, as far as they are drawn.

Pages, feeds and the API get them here. `home.pictures.drawing` draws when a page is published, and the worker
draws the rest: no reader waits for a picture, and reading writes nothing.
"""

import logging
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any
from zlib import crc32

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import AbstractImage, AbstractRendition, Filter

logger = logging.getLogger(__name__)

Drawn = dict[str, AbstractRendition]

NO_PICTURE = "img/no-picture.svg"
NO_PICTURE_SIZE = (330, 206)  # CSS pixels
TRIED_AGAIN_AFTER = 5 * 60  # seconds


def of(picture: AbstractImage, *specs: str) -> Drawn:
    """Return those that are drawn, in the order of ``specs``."""
    filters = [_filter(spec) for spec in specs]
    existing = picture.find_existing_renditions(*filters)
    _remember(picture, existing)
    return {each.spec: existing[each] for each in filters if each in existing}


@lru_cache(maxsize=128)
def _filter(spec: str) -> Filter:
    """Return what a specification means, read once: it keeps nothing of the pictures it is asked about."""
    return Filter(spec)


def focal_point_key(picture: AbstractImage, spec: str) -> str:
    """Return what Wagtail tells crops around one focal point from those around another by."""
    return _filter(spec).get_cache_key(picture)


def one(picture: AbstractImage | None, spec: str) -> AbstractRendition | None:
    return of(picture, spec).get(spec) if picture else None


def preview(picture: AbstractImage, *specs: str) -> Drawn:
    """The same for an editor who previews a draft: if none is drawn, the last one is drawn now."""
    existing = of(picture, *specs)
    if not existing and (drawn := picture.get_rendition(specs[-1])).pk:
        existing = {specs[-1]: drawn}
    return existing


def _remember(picture: AbstractImage, renditions: dict[Filter, AbstractRendition]) -> None:
    """Cache the renditions, as Wagtail does where it draws."""
    if hasattr(picture, "prefetched_renditions"):
        return
    model = picture.get_rendition_model()
    fresh = {
        model.construct_cache_key(picture, each.get_cache_key(picture), each.spec): rendition
        for each, rendition in renditions.items()
    }
    if fresh:
        model.cache_backend.set_many(fresh)


def show_placeholders() -> None:
    """
    Make Wagtail's own lists, choosers and editors show a placeholder for a picture that cannot be drawn.

    In most places Wagtail catches only a lost original (8.0.1; `test_renditions` fails once it
    catches more). A picture that failed is not tried again for TRIED_AGAIN_AFTER.
    """
    model = get_image_model()
    model.get_rendition = _one_or_placeholder(model.get_rendition)
    model.get_renditions = _all_or_placeholders(model.get_renditions)


def _one_or_placeholder(draw: Callable[..., AbstractRendition]) -> Callable[..., AbstractRendition]:
    @wraps(draw)
    def get_rendition(picture: AbstractImage, filter: Any) -> AbstractRendition:
        return tried(picture, lambda: draw(picture, filter), getattr(filter, "spec", filter)) or placeholder(
            picture
        )

    return get_rendition


def _all_or_placeholders(draw: Callable[..., Drawn]) -> Callable[..., Drawn]:
    @wraps(draw)
    def get_renditions(picture: AbstractImage, *filters: Any) -> Drawn:
        specs = [getattr(each, "spec", each) for each in filters]
        drawn = tried(picture, lambda: draw(picture, *filters), "".join(specs))
        return dict.fromkeys(specs, placeholder(picture)) if drawn is None else drawn

    return get_renditions


def tried(picture: AbstractImage, draw: Callable[[], Any], what: str) -> Any:
    key = f"undrawable-{picture.pk}-{picture.file.name}-{crc32(what.encode())}"
    if cache.get(key):
        return None
    try:
        return draw()
    except (DatabaseError, Http404, InvalidFilterSpecError, PermissionDenied):
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a decoder or a disk raises, there is no picture
        logger.warning("picture %s: %s", picture.pk, type(error).__name__)
        cache.set(key, True, TRIED_AGAIN_AFTER)
        return None


def placeholder(picture: AbstractImage) -> AbstractRendition:
    """Return an unsaved rendition to show in place of a missing picture."""
    width, height = NO_PICTURE_SIZE
    rendition = picture.get_rendition_model()(image=picture, width=width, height=height)
    rendition.file.name, rendition.file.storage = NO_PICTURE, staticfiles_storage
    return rendition

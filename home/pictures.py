"""Pictures are scaled when a page is published: no reader waits for them, and reading writes nothing."""

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

from django.db import transaction
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage
from wagtail.models import Page

# What the templates ask for; tests/home/test_pictures.py reads every page and sees that nothing else is made.
IN_TEXT = tuple(
    f"format-{kind}|width-{width}" for kind, width in product(("avif", "webp", "jpeg"), (480, 800, 1200))
)
ON_CARDS = ("fill-640x400|format-webp", "fill-1280x800|format-webp")
WHEN_SHARED = ("fill-1200x630|format-jpeg",)


def draw_ahead(instance: Page, **kwargs: Any) -> None:
    """Scale the pictures of a page that is published, once the publishing is committed."""
    transaction.on_commit(partial(_draw, instance))


def _draw(page: Page) -> None:
    for picture in _of_page(page):
        picture.get_renditions(*IN_TEXT, *ON_CARDS, *WHEN_SHARED)
    for picture in _in_text(page):
        picture.get_renditions(*IN_TEXT)


def _of_page(page: Page) -> Iterator[AbstractImage]:
    for name in ("hero", "picture"):
        if picture := getattr(page, name, None):
            yield picture


def _in_text(page: Page) -> Iterator[AbstractImage]:
    streams = (field.name for field in page._meta.get_fields() if isinstance(field, StreamField))
    for name in streams:
        for block in getattr(page, name):
            if block.block_type == "image" and block.value["image"]:
                yield block.value["image"]

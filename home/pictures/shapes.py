"""Which pictures a page shows, and in what shapes. `home.pictures.drawing` draws them."""

from collections.abc import Iterator

from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from cms.pictures.specs import CARD, IN_TEXT, SHARED, WIDE_CARD

# What the templates use; `test_pictures` reads every page and checks that nothing else is made.
# In the order of drawing: a page is complete enough to read long before its last shape is drawn.
LEADING = (IN_TEXT[0], CARD, WIDE_CARD, SHARED, *IN_TEXT[1:])
LEADS = ("hero", "picture")  # fields whose picture is used on cards and in link previews as well


def shapes(*, leads: bool) -> tuple[str, ...]:
    return LEADING if leads else IN_TEXT


def shown_on(page: Page) -> Iterator[tuple[AbstractImage, bool]]:
    """Yield each picture, and whether it leads the page."""
    for name in LEADS:
        if picture := getattr(page, name, None):
            yield picture, True
    for picture in _in_text(page):
        yield picture, False


def _in_text(page: Page) -> Iterator[AbstractImage]:
    streams = (field.name for field in page._meta.get_fields() if isinstance(field, StreamField))
    for name in streams:
        for block in getattr(page, name):
            if block.block_type == "image" and block.value["image"]:
                yield block.value["image"]

"""The shapes in which pictures are drawn, in the language of Wagtail's image filters."""

from itertools import product

WIDTHS = (800, 1200, 480)  # CSS pixels, in the order of drawing
FORMATS = ("jpeg", "webp", "avif")

CARD = "fill-640x400|format-webp"
WIDE_CARD = "fill-1280x800|format-webp"
SHARED = "fill-1200x630|format-jpeg"
IN_TEXT = tuple(f"format-{kind}|width-{width}" for kind, width in product(FORMATS, WIDTHS))
ALL = (CARD, WIDE_CARD, SHARED, *IN_TEXT)

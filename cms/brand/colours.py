"""
An accent colour, and those that go with it.

An owner picks one colour. Text, buttons and dark bands need several, each at the contrast that WCAG 2.2 asks
for (1.4.3: 4.5 to 1) on every surface it is on, in light and in dark. A colour keeps its hue; only its
lightness moves, no further than it must. Lightness is that of OKLCH, in which equal steps look equal
(Björn Ottosson, https://bottosson.github.io/posts/oklab/).
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import atan2, cbrt, cos, hypot, sin
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

AA = 4.5
MARGIN = 0.05  # colours are rounded to whole numbers afterwards
STEP = 0.005  # of lightness

# What site.css has: paper, raised, shade, mark, and a comment that waits
LIGHT_SURFACES = ("#ffffff", "#fbf8f1", "#fffdf9", "#f4eddf", "#fdeebb", "#fff3d6")
DARK_SURFACES = ("#101514", "#192120", "#161d1b", "#463c12", "#2a210c")
LIGHT_PAPER, DARK_PAPER = "#fbf8f1", "#101514"
ON_BAND_MUTED = "#dcdcd2"
ON_BAND = ("#f3efe3", ON_BAND_MUTED, "#ffc24d")  # text, muted text and focus on a dark band
INK_ON_DARK_ACCENT = "#0b1211"
LIGHTEST_BAND, MOST_CHROMA_OF_A_BAND = 0.36, 0.09
LIGHTEST_BAND_IN_THE_DARK = 0.28

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class Palette(NamedTuple):
    """Colours as ``#rrggbb``."""

    accent: str
    strong: str
    on_accent: str
    band: str


class Palettes(NamedTuple):
    light: Palette
    dark: Palette


# What site.css begins with, for a site whose owner has chosen no accent
OWN = Palettes(
    Palette("#0d5a50", "#073d36", "#ffffff", "#0c4a43"),
    Palette("#86d3c3", "#b9ebe0", "#06211d", "#0f2f2b"),
)


def validate_accent(value: str) -> None:
    """Raises ValidationError for anything but a colour like #0d5a50."""
    if not _HEX.fullmatch(value.lower()):
        raise ValidationError(_("Enter a colour like #0d5a50: # and six digits or letters from a to f."))


@lru_cache(maxsize=256)
def palettes(accent: str) -> Palettes:
    """Return the colours that go with an accent in light and in dark. Raises ValidationError."""
    validate_accent(accent)
    wanted = accent.lower()
    light = _moved(wanted, -STEP, lambda each: _is_readable(each, LIGHT_SURFACES))
    dark = _moved(wanted, STEP, lambda each: _is_readable(each, DARK_SURFACES))
    band = _moved(_at_most(wanted, LIGHTEST_BAND), -STEP, lambda each: _is_readable(each, ON_BAND))
    return Palettes(
        Palette(light, _shifted(light, -0.1), "#ffffff", band),
        Palette(dark, _shifted(dark, 0.08), INK_ON_DARK_ACCENT, _at_most(band, LIGHTEST_BAND_IN_THE_DARK)),
    )


def palettes_of_brand(accent: str) -> Palettes:
    """Return the same, and the site's own colours where no accent is set."""
    return palettes(accent) if accent else OWN


def is_moved(accent: str) -> bool:
    """Say whether text in this colour had to become darker to be readable on light paper."""
    return palettes(accent).light.accent != accent.lower()


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _is_readable(colour: str, surfaces: Iterable[str]) -> bool:
    return all(contrast(colour, surface) >= AA + MARGIN for surface in surfaces)


def _moved(colour: str, step: float, is_enough: Callable[[str], bool]) -> str:
    """Return the first colour of this hue that is enough, going from the given one in steps of lightness."""
    lightness, chroma, hue = _as_oklch(colour)
    while not is_enough(colour) and 0 <= lightness + step <= 1:
        lightness += step
        colour = _as_hex(lightness, chroma, hue)
    return colour


def _shifted(colour: str, by: float) -> str:
    lightness, chroma, hue = _as_oklch(colour)
    return _as_hex(lightness + by, chroma, hue)


def _at_most(colour: str, lightest: float) -> str:
    lightness, chroma, hue = _as_oklch(colour)
    muted = min(chroma, MOST_CHROMA_OF_A_BAND)
    return colour if lightness <= lightest else _as_hex(lightest, muted, hue)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, ...]:
    return tuple(_to_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))


def _to_linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _from_linear(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _as_oklch(colour: str) -> tuple[float, float, float]:
    red, green, blue = _linear(colour)
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, b), atan2(b, a)


def _as_hex(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour; one that no screen shows loses chroma until one does."""
    lightness = min(max(lightness, 0.0), 1.0)
    while chroma > 0.001 and not all(-0.0001 <= part <= 1.0001 for part in _rgb(lightness, chroma, hue)):
        chroma *= 0.95
    parts = (round(255 * _from_linear(min(max(part, 0.0), 1.0))) for part in _rgb(lightness, chroma, hue))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )

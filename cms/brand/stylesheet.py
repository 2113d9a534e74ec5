"""
The brand's sheet: custom properties in place of those that site.css begins with.

Its address has the digest of its content, so a browser keeps it for ever, and a page that was kept anywhere
finds the sheet it was made with as long as the look is that one.
"""

from collections.abc import Mapping
from colorsys import rgb_to_hls
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from django.urls import reverse

from cms.brand.colours import ON_BAND_MUTED, palettes

FACES = {
    "plain": {
        "--font-heading": "system-ui, sans-serif",
        "--font-body": "system-ui, sans-serif",
        "--weight-heading": "650",
    },
    "book": {
        "--font-heading": 'Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", Georgia, serif',
        "--font-body": 'Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", Georgia, serif',
        "--weight-heading": "600",
    },
}
CORNERS = {
    "plain": dict.fromkeys(
        (
            "--corner-hero",
            "--corner-panel",
            "--corner-form",
            "--corner-card",
            "--corner-box",
            "--corner-button",
            "--corner-pill",
        ),
        "0.5rem",
    )
    | {"--corner-dot": "0.1875rem"}
}


class Looks(NamedTuple):
    accent: str = ""
    faces: str = "leaflet"
    corners: str = "leaf"


@lru_cache(maxsize=256)
def text(looks: Looks) -> str:
    """Return the sheet; empty where nothing differs from the site's own."""
    properties = {
        **(_colours(looks.accent) if looks.accent else {}),
        **FACES.get(looks.faces, {}),
        **CORNERS.get(looks.corners, {}),
    }
    own = _rule(":root", properties) if properties else ""
    return own + (_admin(looks.accent) if looks.accent else "")


def _rule(selector: str, properties: Mapping[str, str]) -> str:
    lines = (f"    {name}: {value};" for name, value in properties.items())
    return "\n".join((f"{selector} {{", *lines, "}", ""))


def _admin(accent: str) -> str:
    """Return the colours of Wagtail's light theme, which makes its others of these; its dark one stays."""
    light = palettes(accent).light
    primary, secondary = _hsl(light.band), _hsl(light.accent)
    properties = {
        **{f"--w-color-primary-{part}": value for part, value in primary.items()},
        **{f"--w-color-secondary-{part}": value for part, value in secondary.items()},
        "--w-color-secondary-100": light.accent,
    }
    chosen = _rule(".w-theme-light", properties)
    return f"{chosen}@media (prefers-color-scheme: light) {{\n{_rule('.w-theme-system', properties)}}}\n"


def _hsl(colour: str) -> dict[str, str]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    return {
        "hue": f"{360 * hue:.1f}",
        "saturation": f"{100 * saturation:.1f}%",
        "lightness": f"{100 * lightness:.1f}%",
    }


def digest(looks: Looks) -> str:
    return sha256(text(looks).encode()).hexdigest()[:16]


@lru_cache(maxsize=256)
def url(looks: Looks) -> str:
    """Return the address of the sheet; empty where there is none."""
    return reverse("brand_sheet", args=[digest(looks)]) if text(looks) else ""


def _colours(accent: str) -> dict[str, str]:
    light, dark = palettes(accent)
    return {
        "--accent": f"light-dark({light.accent}, {dark.accent})",
        "--accent-strong": f"light-dark({light.strong}, {dark.strong})",
        "--on-accent": f"light-dark({light.on_accent}, {dark.on_accent})",
        "--second": f"light-dark({light.accent}, {dark.accent})",
        "--band": f"light-dark({light.band}, {dark.band})",
        "--band-raised": light.band,
        "--on-band-muted": ON_BAND_MUTED,
    }

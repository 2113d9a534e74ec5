"""
The brand's sheet: custom properties in place of those that site.css begins with.

Its address has the digest of its content, so a browser keeps it for ever, and a page that was kept anywhere
finds the sheet it was made with as long as the look is that one.
"""

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
    lines = (f"    {name}: {value};" for name, value in properties.items())
    return "\n".join((":root {", *lines, "}", "")) if properties else ""


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

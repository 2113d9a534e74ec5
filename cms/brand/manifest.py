"""What a browser is told that puts the site on a home screen (W3C, Web Application Manifest)."""

from typing import Any

from cms.brand.colours import LIGHT_PAPER
from cms.brand.drawing import INSTALLED
from cms.brand.models import SiteIdentity

LONGEST_SHORT_NAME = 12  # characters that fit below an icon
ICONS = tuple(
    (shape, size, purpose)
    for shape, purpose in (("icon", "any"), ("maskable", "maskable"))
    for size in INSTALLED
)


def of(identity: SiteIdentity, language: str, *, is_rtl: bool) -> dict[str, Any]:
    name = " ".join(str(identity.name).split())
    return {
        "name": name,
        "short_name": name if len(name) <= LONGEST_SHORT_NAME else name.split()[0][:LONGEST_SHORT_NAME],
        "description": identity.tagline,
        "lang": language,
        "dir": "rtl" if is_rtl else "ltr",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "browser",
        "theme_color": identity.theme_colours[0],
        "background_color": LIGHT_PAPER,
        "icons": icons(identity),
    }


def icons(identity: SiteIdentity) -> list[dict[str, str]]:
    """Return the icons for a home screen; a maskable one may be cut to any shape."""
    return [
        {
            "src": identity.icon_url(f"{shape}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for shape, size, purpose in ICONS
    ]

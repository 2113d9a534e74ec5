"""What a page anywhere needs to have the site's comments under it."""

import base64
import hashlib

from django.conf import settings
from django.utils.html import format_html

MODULE = "embed/1/reader-comments.js"  # its bytes never change: pages elsewhere name their digest
PATH = f"{settings.STATIC_URL}{MODULE}"
SNIPPET = """
<script type="module" src="{site}{module}" integrity="{integrity}" crossorigin></script>
<reader-comments page="{page}"><a href="{site}">Comments</a></reader-comments>
""".strip()


def snippet(page: str) -> str:
    """Return the HTML that shows the comments of a page, named by slug or id."""
    return format_html(SNIPPET, site=settings.SITE_URL, module=PATH, integrity=integrity(), page=page)


def integrity() -> str:
    """Return the module's digest as browsers check it (Subresource Integrity)."""
    digest = hashlib.sha384((settings.BASE_DIR / "static" / MODULE).read_bytes()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"

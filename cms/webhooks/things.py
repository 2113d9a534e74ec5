"""How an event names a page. A name has ids and addresses, and nothing that anybody wrote but a slug."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from wagtail.models import Page

from cms.reading import public_pages
from cms.webhooks.announcing import Thing


def page(shown: Page, *, public: bool | None = None, **more: Any) -> Thing:
    """Return a page as it is now. ``public``: whether anyone may read it, if that is known already."""
    data = {**name(shown), "public": is_public(shown) if public is None else public, **more}
    return Thing(data, site_of(shown))


def name(shown: Page) -> dict[str, Any]:
    """Return id and addresses of a page; ``url`` is None where it has none."""
    _, root, path = shown.get_url_parts() or (None, None, None)
    return {
        "id": shown.pk,
        "url": f"{root}{path}" if path else None,
        "api_url": f"{root or settings.SITE_URL}{_api_path('get_page', shown)}",
    }


def comments_url(shown: Page) -> str:
    """Return the address of the API where the comments of a page are read."""
    _, root, _ = shown.get_url_parts() or (None, None, None)
    return f"{root or settings.SITE_URL}{_api_path('list_page_comments', shown)}"


def site_of(shown: Page) -> int | None:
    site_id, *_ = shown.get_url_parts() or (None,)
    return site_id


def is_public(shown: Page) -> bool:
    return public_pages.of(Page.objects.filter(pk=shown.pk)).exists()


def live_below(shown: Page) -> int:
    """Return how many published pages are below one."""
    return shown.get_descendants().live().count()


def _api_path(operation: str, shown: Page) -> str:
    return reverse(f"api-1:{operation}", kwargs={"page": f"{public_pages.ID}{shown.pk}"})

"""What programs get of every page, whatever its type."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import to_locale
from pydantic import BaseModel, Field
from wagtail.models import Page

from cms.pages import shared_pictures
from cms.pages.languages import language_of
from cms.pictures.api import RenditionOut


class PageLink(BaseModel):
    id: int
    title: str
    url: str = Field(description="Absolute.")
    path: str = Field(description="The address without the host; `resolve_path` takes it.")


class OpenGraphOut(BaseModel):
    type: Literal["article", "website"]
    title: str
    description: str
    url: str
    site_name: str
    locale: str = Field(description="Such as `en_GB`.")
    image: RenditionOut | None = Field(description="That of the page, of the site, or one made of the brand.")
    image_alt: str


class SearchEnginesOut(BaseModel):
    """What belongs into the `<head>` of a page."""

    title: str
    description: str
    canonical_url: str
    noindex: bool
    open_graph: OpenGraphOut
    json_ld: list[dict[str, Any]] = Field(description="schema.org objects, one `<script>` for each.")


class PageFields(PageLink):
    """The fields of every page."""

    slug: str
    language: str = Field(description="A BCP 47 tag, such as `en-GB`.")
    first_published_at: datetime | None
    updated_at: datetime | None = Field(description="When it was last published.")
    ancestors: list[PageLink] = Field(description="From the front page down, for a breadcrumb.")
    seo: SearchEnginesOut


def link(page: Page, request: HttpRequest) -> dict[str, Any]:
    """Return a ``PageLink``. The page has an address."""
    _, root, path = page.get_url_parts(request)
    return {"id": page.pk, "title": page.title, "url": f"{root}{path}", "path": path}


def language_tag(page: Page, request: HttpRequest) -> str:
    return _locale(page, request).replace("_", "-")


def _locale(page: Page, request: HttpRequest) -> str:
    return to_locale(language_of(page, request))


def search_engines(
    page: Page,
    request: HttpRequest,
    *,
    site_name: str,
    kind: Literal["article", "website"] = "website",
    description: str = "",
    image: Any = None,
    json_ld: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return a ``SearchEnginesOut``. ``description`` is for pages that have none of their own."""
    description = page.search_description or description
    shared = shared_pictures.of(page, image, request)
    canonical = getattr(page, "canonical", page.full_url or "")
    return {
        "title": page.seo_title or page.title,
        "description": description,
        "canonical_url": canonical,
        "noindex": getattr(page, "noindex", False),
        "open_graph": {
            "type": kind,
            "title": page.title,
            "description": description,
            "url": canonical,
            "site_name": site_name,
            "locale": _locale(page, request),
            "image": {"url": shared.full_url, "width": shared.width, "height": shared.height},
            "image_alt": shared.alt,
        },
        "json_ld": json_ld or [],
    }

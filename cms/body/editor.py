"""Links to pages in the rich text of a body: read in one query, and never an error in the editor."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from wagtail.admin import messages
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from cms.body import page_links
from cms.body.dead_links import dead_links
from cms.text.numbers import read_number

NO_PAGE = 0  # as an id: where a link with an impossible id leads


class PageLinks(PageLinkHandler):
    """Links to pages in a text, read in one query."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[Page | None]:
        """Return each page, or None where readers of this one may not read it: such a link is plain text."""
        pks = [read_number(attrs.get("id", "")) for attrs in attrs_list]
        pages = {page.pk: page for page in page_links.readable(pks)}
        return [pages.get(pk) for pk in pks]

    @classmethod
    def extract_references(cls, attrs: dict) -> Iterator[tuple]:
        return super().extract_references({"id": read_number(attrs.get("id", "")) or NO_PAGE})


class EditedPageLink(PageLinkElementHandler):
    """Such a link in the editor. Wagtail's own fails for an id that no page can have."""

    def get_attribute_data(self, attrs: dict) -> dict[str, Any]:
        return super().get_attribute_data({"id": read_number(attrs.get("id", "")) or NO_PAGE})


def register_page_links(features: FeatureRegistry) -> None:
    features.register_link_type(PageLinks)
    edited = features.converter_rules_by_converter["contentstate"]["link"]["from_database_format"]
    edited['a[linktype="page"]'] = EditedPageLink("LINK")


def tell_of_dead_links(request: HttpRequest, page: Page) -> None:
    """Warn an editor who opens a page which of its links visitors do not see."""
    if request.method == "GET":
        for words in dead_links(page):
            messages.warning(request, words)

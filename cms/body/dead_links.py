"""Links on a page that visitors do not see, to warn its editors."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from wagtail.blocks import StreamValue, StructValue
from wagtail.models import Page

from cms.body import page_links
from cms.text.numbers import read_number

MOST_NAMED = 5


def dead_links(page: Page) -> Iterator[str]:
    """Yield a sentence for what on a page leads to one that is deleted, unpublished or private."""
    body = getattr(page, "body", None)
    if not isinstance(body, StreamValue):
        return
    with page_links.shown_on(page):
        invitations = [
            _why(block.value, raw["value"]) % {"heading": block.value["heading"]}
            for block, raw in zip(body, body.raw_data, strict=True)
            if block.block_type == "call_to_action" and not block.value.href
        ]
        called = _hidden(body)
    yield from invitations
    if called:
        sentence = gettext(
            "These links appear as plain text, because visitors cannot open the pages: %(links)s."
        )
        yield sentence % {"links": called}


def _why(invitation: StructValue, stored: dict[str, Any]) -> str:
    """Say why a button is missing. The id of a deleted page is still stored."""
    if not stored.get("page") and not invitation["url"]:
        return gettext("The call to action “%(heading)s” has no page or address yet.")
    return gettext(
        "The call to action “%(heading)s” shows no button, because visitors cannot open the page it links to."
    )


def _hidden(body: StreamValue) -> str:
    """Name the pages that texts link to but that visitors cannot read."""
    links = body.stream_block.extract_references(body)
    ids = {read_number(pk) for model, pk, _, path in links if model is Page and path[-5:] != ".page"}
    pages = Page.objects.in_bulk(ids - {None})
    readable = {page.pk for page in page_links.readable(ids)}
    titles = [
        gettext("links to “%(page)s”") % {"page": pages[pk].title}
        if pk in pages
        else gettext("a link to a deleted page")
        for pk in ids - readable
    ]
    return ", ".join(sorted(titles)[:MOST_NAMED])

"""Feeds of a page as Atom: ids that last for ever, sent again only when something has changed."""

import hashlib
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from uuid import uuid5

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import cached_property
from django.utils.http import parse_http_date_safe, quote_etag
from wagtail.models import Page

from cms.brand.models import SiteIdentity
from cms.text import cleaning

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def lasting_id(page: Page, what: str) -> str:
    """Return the id of a feed or an entry: the same for ever, wherever the page moves to."""
    return uuid5(page.translation_key, f"{page.pk} {what}").urn


class PrintableAtom(Atom1Feed):
    """Atom that stays well-formed when a title, from before titles were tidied, holds what XML does not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.feed = _printable(self.feed)

    def add_item(self, *args: Any, **kwargs: Any) -> None:
        super().add_item(*args, **kwargs)
        self.items[-1] = _printable(self.items[-1])


def _printable(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _printable(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_printable(value) for value in said]
    return cleaning.printable(said) if isinstance(said, str) else said


class BrandedAtom(PrintableAtom):
    """Atom with the icon and the logo of who writes it."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("icon", self.feed["icon"])
        handler.addQuickElement("logo", self.feed["logo"])


class SinceFeed(BrandedAtom):
    """Says of an empty feed when its page was published; Django's own says that it changes all the time."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.feed["since"]


class PolledFeed(Feed):
    """
    A feed that is sent again only when it has changed.

    Its ETag is made of all it says: the date alone would not show that something is gone.
    """

    feed_type = SinceFeed
    page: Page

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().__call__(request, *args, **kwargs)
        etag = quote_etag(hashlib.blake2b(response.content, digest_size=16).hexdigest())
        response["ETag"] = etag
        changed = parse_http_date_safe(response["Last-Modified"])
        # later than now: a post dated ahead that code published, so when it appeared is unknown
        if changed and changed > time.time():
            del response["Last-Modified"]
            changed = None
        unchanged = get_conditional_response(request, etag=etag, last_modified=changed, response=response)
        return unchanged or response

    @cached_property
    def identity(self) -> SiteIdentity:
        return SiteIdentity.for_page(self.page)

    def author_name(self) -> str:
        return str(self.identity.name)

    def feed_extra_kwargs(self, obj: None) -> dict[str, Any]:
        address = self.page.full_url or ""
        return {
            "since": self.page.first_published_at or LONG_AGO,
            "icon": urljoin(address, self.identity.favicon_url),
            "logo": urljoin(address, self.identity.emblem_url),
        }

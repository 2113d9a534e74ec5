"""What holds for the comments of one page: what it says itself, else what the site's owner decided."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from django.utils import timezone
from wagtail.models import Page

from blog.comments.discussion import Discussion
from blog.comments.rules import Limits
from cms import public_pages
from cms.prepared import Given, Prepared

ASKED = ("comments_open", "comment_moderation", "comments_close_after_days", "date")


class Discussed(Protocol):
    """A page that takes comments: what is asked of it beyond being a page of Wagtail."""

    pk: Any
    url_path: str
    comments_open: bool
    comment_moderation: str
    comments_close_after_days: int | None
    date: date


class Closed(StrEnum):
    """Why a page takes no comments."""

    SITE = "site"
    PAGE = "page"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Policy(Limits):
    """
    ``thread_depth`` is how many levels of replies there may be, 0 for any number.
    """

    closed_by: Closed | None = None
    require_address: bool = True
    thread_depth: int = 0
    threads_a_page: int = 20

    @property
    def open(self) -> bool:
        return self.closed_by is None

    def takes_replies_to(self, level: int) -> bool:
        """Say whether a comment this many levels below the top may be answered."""
        return not self.thread_depth or level < self.thread_depth


def of(page: Discussed) -> Policy:
    """Return what holds for a page. One query."""
    discussion = Discussion.for_page(page)
    return Policy(
        moderation=page.comment_moderation or discussion.moderation,
        trusted_after=discussion.trusted_after,
        hold_links=discussion.hold_links,
        hold_words=_lines(discussion.hold_words),
        spam_words=_lines(discussion.spam_words),
        closed_by=_closed_by(page, discussion),
        require_address=discussion.require_address,
        thread_depth=discussion.thread_depth,
        threads_a_page=discussion.threads_a_page,
    )


def now(page: Discussed) -> Policy | None:
    """Return what holds at this moment, whatever the page in hand says; None when nobody may read it."""
    found = _public(type(page)).first(pk=page.pk)
    return of(found) if found else None


@lru_cache
def _public(model: type[Page]) -> Prepared:
    return Prepared(lambda: public_pages.of(model.objects.only("url_path", *ASKED)).filter(pk=Given("pk")))


def _closed_by(page: Discussed, discussion: Discussion) -> Closed | None:
    if discussion.closed:
        return Closed.SITE
    if not page.comments_open:
        return Closed.PAGE
    days = page.comments_close_after_days
    days = discussion.close_after_days if days is None else days
    too_old = days and timezone.localdate() > page.date + timedelta(days=days)
    return Closed.AGE if too_old else None


def _lines(listed: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in listed.splitlines() if line.strip())

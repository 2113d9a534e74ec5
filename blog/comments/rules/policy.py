"""What holds for the comments of one page: what it says itself, else what the site's owner decided."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from blog.comments.models import Discussion
from blog.comments.rules.verdicts import Limits
from cms.reading import public_pages
from cms.reading.prepared import Given, Prepared
from cms.reading.site_settings import site_id_of

ASKED = ("comments_open", "comment_moderation", "comments_close_after_days")
IN_TREE = ("path", "depth", "url_path", "alias_of")


class Discussed(Protocol):
    """A page that takes comments: what is asked of it beyond being a page of Wagtail."""

    pk: Any
    url_path: str
    alias_of_id: int | None
    comments_open: bool
    comment_moderation: str
    comments_close_after_days: int | None
    asked_by_forms: tuple[str, ...]

    @property
    def discussed_since(self) -> date: ...


class Closed(StrEnum):
    """Why a page takes no comments."""

    SITE = "site"
    PAGE = "page"
    AGE = "age"
    ALIAS = "alias"
    DRAFT_ABOVE = "draft above"

    @property
    def words(self) -> str:
        return str(_WHY_CLOSED.get(self, CLOSED))


CLOSED = _("Comments are closed on this article.")
_WHY_CLOSED = {
    Closed.ALIAS: _("This page takes no comments. Comment on the original article."),
    Closed.DRAFT_ABOVE: _("This page takes no comments, because the section it is in is not published."),
}


class CommentsClosedError(Exception):
    """The page takes no comments: closed, too old, unpublished, restricted or gone."""


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

    @property
    def why_closed(self) -> str:
        """The reason in words; empty where comments are taken."""
        return self.closed_by.words if self.closed_by else ""

    def takes_replies_to(self, level: int) -> bool:
        """Say whether a comment this many levels below the top may be answered."""
        return not self.thread_depth or level < self.thread_depth


def of(page: Discussed) -> Policy:
    """Return what holds for a page. Two queries, or one where the pages above are in hand."""
    discussion = Discussion.for_page(page)
    return _policy(page, discussion, _closed_by(page, discussion) or _closed_by_place(page))


def why_closed(page: Discussed) -> str:
    """Return why a page took no comment a moment ago, for the person who sent it."""
    return of(page).why_closed or str(CLOSED)


def _policy(page: Discussed, discussion: Discussion, closed_by: Closed | None) -> Policy:
    return Policy(
        moderation=page.comment_moderation or discussion.moderation,
        trusted_after=discussion.trusted_after,
        hold_links=discussion.hold_links,
        hold_words=_lines(discussion.hold_words),
        spam_words=_lines(discussion.spam_words),
        closed_by=closed_by,
        require_address=discussion.require_address,
        thread_depth=discussion.thread_depth,
        threads_a_page=discussion.threads_a_page,
    )


def require_open(page: Discussed) -> Policy:
    """
    Return what holds at this moment: the page may have been closed since it was read.

    Raises CommentsClosedError.
    """
    terms = now(page)
    if terms is None or not terms.open:
        raise CommentsClosedError
    return terms


def now(page: Discussed) -> Policy | None:
    """
    Return what holds at this moment, whatever the page in hand says.

    None when no one may read it, and below an unpublished page.
    """
    found = _public(type(page)).first(pk=page.pk, above=public_pages.above(page))
    site_id = found and site_id_of(found)
    if site_id is None:
        return None
    discussion = Discussion.for_site_id(site_id)
    return _policy(found, discussion, _closed_by(found, discussion))


@lru_cache
def _public(model: type[Page]) -> Prepared:
    above = Page.objects.filter(path__in=[Given("above", many=True)], live=False)
    pages = public_pages.of(model.objects.only(*IN_TREE, *model.asked_by_forms))
    pages = pages.filter(~Exists(above), pk=Given("pk"))
    return Prepared(lambda: pages)


def _closed_by_place(page: Discussed) -> Closed | None:
    return Closed.DRAFT_ABOVE if public_pages.is_below_a_draft(page) else None


def _closed_by(page: Discussed, discussion: Discussion) -> Closed | None:
    """Say what closes a page. An alias has no words of its own: its comments belong to its source."""
    if discussion.closed:
        return Closed.SITE
    if page.alias_of_id:
        return Closed.ALIAS
    if not page.comments_open:
        return Closed.PAGE
    days = page.comments_close_after_days
    days = discussion.close_after_days if days is None else days
    too_old = days and (timezone.localdate() - page.discussed_since).days > days
    return Closed.AGE if too_old else None


def _lines(listed: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in listed.splitlines() if line.strip())

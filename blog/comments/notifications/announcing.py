"""
Webhooks about comments, queued with the change. Only what a visitor can read is told of, on public pages.

A comment that is held, spam or below a held one is not there for anybody, so nothing that happens to it is
told. A page that goes, or is closed to the public, takes its comments with it: its own event says so.
"""

from collections.abc import Iterable
from typing import Any

from wagtail.models import Page

from blog.comments.models import ReaderComment
from blog.comments.states import PUBLIC, Status
from cms.reading import public_pages
from cms.webhooks import events, things
from cms.webhooks.announcing import Thing, announce


def announce_new(comment: ReaderComment) -> None:
    """Tell of a comment that is shown as soon as it is kept."""
    if _is_shown(comment):
        _announce(events.COMMENT_APPROVED, [comment])


def announce_moves(before: list[ReaderComment], after: list[ReaderComment], also: Iterable[int]) -> None:
    """
    Tell what has come into sight, gone out of it, or changed there.

    ``also`` are ids of replies whose mark ``under_held`` has changed with the moves.
    """
    was = {comment.pk: comment for comment in before}
    come = [each for each in after if _is_shown(each) and not _is_shown(was[each.pk])]
    gone = [each for each in after if not _is_shown(each) and _is_shown(was[each.pk])]
    changed = [
        each
        for each in after
        if _is_shown(each) and _is_shown(was[each.pk]) and each.revision != was[each.pk].revision
    ]
    others = ReaderComment.objects.filter(pk__in=[pk for pk in also if pk not in was], status__in=PUBLIC)
    for reply in others.order_by("pk"):
        (gone if reply.under_held else come).append(reply)
    _announce(events.COMMENT_APPROVED, come)
    _announce(events.COMMENT_EDITED, changed)
    _announce(events.COMMENT_WITHDRAWN, [each for each in gone if each.status == Status.WITHDRAWN])
    _announce(events.COMMENT_REMOVED, [each for each in gone if each.status != Status.WITHDRAWN])


def announce_edits(comment_ids: list[int]) -> None:
    """Tell of comments whose words or name change, those of them that are shown."""
    announce(events.COMMENT_EDITED, lambda: _things(_shown(comment_ids)))


def announce_removals(comment_ids: list[int]) -> None:
    """Tell of comments that are about to be deleted, those of them that are shown."""
    announce(events.COMMENT_REMOVED, lambda: _things(_shown(comment_ids)))


def _announce(event: str, comments: list[ReaderComment]) -> None:
    if comments:
        announce(event, lambda: _things(comments))


def _shown(comment_ids: list[int]) -> list[ReaderComment]:
    return list(ReaderComment.objects.approved().filter(pk__in=comment_ids).order_by("pk"))


def _is_shown(comment: ReaderComment) -> bool:
    """As ``CommentQuerySet.approved`` has it."""
    return comment.status in PUBLIC and not comment.under_held


def _things(comments: list[ReaderComment]) -> list[Thing]:
    pages = public_pages.of(Page.objects.filter(pk__in={comment.page_id for comment in comments})).in_bulk()
    named = {pk: (_page(page), things.site_of(page)) for pk, page in pages.items()}
    return [
        Thing(_comment(comment, named[comment.page_id][0]), named[comment.page_id][1])
        for comment in comments
        if comment.page_id in named
    ]


def _page(page: Page) -> dict[str, Any]:
    return {**things.name(page), "comments_api_url": things.comments_url(page)}


def _comment(comment: ReaderComment, page: dict[str, Any]) -> dict[str, Any]:
    anchor = f"{page['url']}#comment-{comment.pk}" if page["url"] else None
    return {"id": comment.pk, "url": anchor, "page": page}

"""
What a comment's author can do to it: edit and withdraw, for some minutes and until someone replies.

Whoever presents the author's token is the author. Approved text stays public while an edit of it waits.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_comments.models import Comment
from wagtail.models import Page

from blog.comments.models import Discussion, ReaderComment, Revision, Token
from blog.comments.moderation.changes import By, StaleError, move, next_revision, record
from blog.comments.notifications import queueing
from blog.comments.rules.verdicts import Remark
from blog.comments.states import PUBLIC, VISIBLE_TO_AUTHOR, Actor, Status
from cms import vault
from cms.rate_limit import actions as rate_limit

EDIT = "edit"


class NotYoursError(Exception):
    """None of the tokens belongs to this comment, or there is no such comment."""


class TooLateError(Exception):
    """The time to change it is over, someone has replied, or a moderator has removed it."""


def find(comment_id: int, secrets_shown: list[str]) -> ReaderComment:
    """Raises NotYoursError."""
    tokens = Token.objects.matching(purpose=Token.Purpose.AUTHOR, secrets_shown=secrets_shown)
    comment = (
        ReaderComment.objects.numbered(comment_id)
        .filter(status__in=VISIBLE_TO_AUTHOR, tokens__in=tokens)
        .select_related("page")
        .first()
    )
    if comment is None:
        raise NotYoursError
    return comment


def editable_until(comment: ReaderComment) -> datetime | None:
    """Return until when its author may change a comment; None when it is too late."""
    settled = comment.status not in VISIBLE_TO_AUTHOR or comment.replies.exists()
    return None if settled else window_of(comment)


def window_of(comment: ReaderComment) -> datetime | None:
    """Return when the minutes to change a comment are over, whatever became of it; None when they are."""
    minutes = Discussion.for_site(comment.page.get_site()).edit_minutes
    end = comment.submit_date + timedelta(minutes=minutes)
    return end if end > timezone.now() else None


def editable_among(comment_ids: Iterable[int], page: Page) -> set[int]:
    """Return which of some comments on a page their author may change now."""
    if not comment_ids:
        return set()
    minutes = Discussion.for_site(page.get_site()).edit_minutes
    young = ReaderComment.objects.on(page).filter(
        pk__in=list(comment_ids),
        status__in=VISIBLE_TO_AUTHOR,
        submit_date__gt=timezone.now() - timedelta(minutes=minutes),
        replies=None,
    )
    return set(young.values_list("pk", flat=True))


def latest_words(comment: ReaderComment) -> str:
    """Return the words as their author last left them, also where they wait."""
    if comment.held_revision is None:
        return comment.comment
    return comment.revisions.get(number=comment.held_revision).text


@transaction.atomic
def edit(comment: ReaderComment, text: str) -> ReaderComment:
    """
    Change the words. Those of a held comment are replaced; those of a public one wait for a moderator.

    The version increases, so that no one approves text they have not read. A comment may be edited as often
    as a client may post comments. Raises TooLateError, StaleError, rate_limit.TooManyError.
    """
    _require_time(comment)
    if text == latest_words(comment):
        return comment
    rate_limit.take(vault.keyed_digest("client", f"edits of {comment.pk}"))
    number = next_revision(comment)
    public = comment.status in PUBLIC
    if public:
        _write(comment, held_revision=number, reason=EDIT)
    else:
        _write(comment, revision=number, held_revision=None)
    Revision.objects.create(comment=comment, number=number, text=text)
    if not public:
        Comment.objects.filter(pk=comment.pk).update(comment=text)
    comment.refresh_from_db()
    record(comment, comment.status, By(Actor.AUTHOR, reasons=(Remark.EDITED_BY_AUTHOR,)))
    if public:
        queueing.queue_for_edit(comment)
    return comment


@transaction.atomic
def withdraw(comment: ReaderComment) -> ReaderComment:
    """Withdraw a comment. Raises TooLateError, StaleError."""
    _require_time(comment)
    by = By(Actor.AUTHOR, reasons=(Remark.WITHDRAWN,))
    return move(comment.pk, Status.WITHDRAWN, version=comment.version, by=by)


def _require_time(comment: ReaderComment) -> None:
    if editable_until(comment) is None:
        raise TooLateError


def _write(comment: ReaderComment, **fields: int | str | None) -> None:
    seen = ReaderComment.objects.filter(pk=comment.pk, version=comment.version, status=comment.status)
    if not seen.update(version=F("version") + 1, **fields):
        raise StaleError(comment)

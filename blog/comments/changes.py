"""
A change of state, as it is written: compare-and-set, decision, counts, thread and mail in one transaction.

``actions``, ``authoring`` and ``privacy`` call this once they know who may. ``save()`` never writes a state.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django_comments.models import Comment

from blog.comments import notifications
from blog.comments.models import Decision, Reader, ReaderComment, Revision, Subscription, Token
from blog.comments.states import PUBLIC, REFUSED, Actor, Status

NOBODY = "Deleted reader"
ERASED = "erased"
EDIT_REFUSED = "Edit refused"


class StaleError(Exception):
    """Somebody else was first. ``status`` is what the comment is now, ``by`` who did it, ``at`` when."""

    def __init__(self, comment: ReaderComment) -> None:
        last = comment.decisions.select_related("user").last()
        self.status = Status(comment.status)
        self.by: str = last.user.get_username() if last and last.user else ""
        self.at: datetime | None = last.at if last else None
        super().__init__(comment.pk)


@transaction.atomic
def move(
    comment_id: int,
    to: Status,
    *,
    version: int,
    actor: Actor,
    user: AbstractBaseUser | None = None,
    reasons: Iterable[str] = (),
) -> ReaderComment:
    """
    Move a comment to a state, if it is still the version that was seen.

    Approving a comment that has an edit waiting approves the edit. Raises StaleError.
    """
    before = ReaderComment.objects.select_related("in_reply_to").get(pk=comment_id)
    seen = ReaderComment.objects.filter(pk=comment_id, version=version, status=before.status)
    edited = _edit_to_show(before, to)
    if not seen.update(
        status=to, version=F("version") + 1, under_held=below_held(before.in_reply_to), **edited
    ):
        raise StaleError(before)
    shown = {"comment": before.revisions.get(number=edited["revision"]).text} if "revision" in edited else {}
    Comment.objects.filter(pk=comment_id).update(is_public=to in PUBLIC, **shown)
    after = ReaderComment.objects.select_related("page", "reader", "in_reply_to").get(pk=comment_id)
    record(after, before.status, actor=actor, user=user, reasons=reasons)
    count(before.reader_id, Status(before.status), to)
    if Status.PENDING in {before.status, to}:
        _mark_thread(before.root_id or before.pk)
    notifications.moved(after, Status(before.status))
    return after


@transaction.atomic
def drop_edit(
    comment_id: int, *, version: int, user: AbstractBaseUser, reasons: Iterable[str] = ()
) -> ReaderComment:
    """Refuse an edit that waits; the words that were approved stay. Raises StaleError."""
    before = ReaderComment.objects.get(pk=comment_id)
    seen = ReaderComment.objects.filter(pk=comment_id, version=version, held_revision__isnull=False)
    if not seen.update(held_revision=None, version=F("version") + 1):
        raise StaleError(before)
    after = ReaderComment.objects.select_related("page", "reader", "in_reply_to").get(pk=comment_id)
    record(after, before.status, actor=Actor.PERSON, user=user, reasons=[EDIT_REFUSED, *reasons])
    return after


@transaction.atomic
def erase(comment_id: int) -> None:
    """Withdraw a comment at its author's wish, for good: his words and his name are gone from every row."""
    empty([comment_id])
    version = ReaderComment.objects.values_list("version", flat=True).get(pk=comment_id)
    move(comment_id, Status.WITHDRAWN, version=version, actor=Actor.AUTHOR, reasons=[ERASED])


@transaction.atomic
def empty(comment_ids: list[int]) -> None:
    """Take the words out of comments, and whose they were. Their state and place in the thread stay."""
    Revision.objects.filter(comment__in=comment_ids).update(text="")
    ReaderComment.objects.filter(pk__in=comment_ids).update(comment="", held_revision=None)
    _unlink(comment_ids)


@transaction.atomic
def anonymise(comment_ids: list[int], *, address: str) -> None:
    """Leave the words of comments, but not whose they were; where the words give the address, it goes."""
    for row in ReaderComment.objects.filter(pk__in=comment_ids):
        ReaderComment.objects.filter(pk=row.pk).update(comment=_without(address, row.comment))
    for row in Revision.objects.filter(comment__in=comment_ids):
        Revision.objects.filter(pk=row.pk).update(text=_without(address, row.text))
    _unlink(comment_ids)


def record(
    comment: ReaderComment,
    before: str,
    *,
    actor: Actor,
    reasons: Iterable[str],
    user: AbstractBaseUser | None = None,
) -> None:
    """Write down who or what brought a comment from one state to the one it is in."""
    Decision.objects.create(
        comment=comment,
        revision=comment.revision,
        from_status=before,
        to_status=comment.status,
        actor=actor,
        user=user,
        reasons=list(reasons),
    )


def below_held(above: ReaderComment | None) -> bool:
    """Say whether what answers this comment must wait for it."""
    return bool(above and (above.under_held or above.status == Status.PENDING))


def _unlink(comment_ids: list[int]) -> None:
    """A reason may quote the words, and a key is made of them."""
    Decision.objects.filter(comment__in=comment_ids).update(reasons=[])
    Token.objects.filter(comment__in=comment_ids).delete()
    Subscription.objects.filter(comment__in=comment_ids).delete()
    ReaderComment.objects.filter(pk__in=comment_ids).update(
        user_name=NOBODY,
        user_email="",
        user_url="",
        user=None,
        ip_address=None,
        followup=False,
        reader=None,
        proven_at=None,
        words_key=None,
        idempotency_key=None,
        version=F("version") + 1,
    )


def _without(address: str, words: str) -> str:
    return re.sub(re.escape(address), "[address removed]", words, flags=re.IGNORECASE)


def _edit_to_show(comment: ReaderComment, to: Status) -> dict[str, int | None]:
    if comment.held_revision is None or to not in PUBLIC:
        return {}
    return {"revision": comment.held_revision, "held_revision": None}


def count(reader_id: int | None, before: Status | None, after: Status) -> None:
    """Keep the person's record: how many approved, how many refused. A new comment was neither before."""
    Reader.objects.filter(pk=reader_id).update(
        approved_count=F("approved_count") + int(after in PUBLIC) - int(before in PUBLIC),
        refused_count=F("refused_count") + int(after in REFUSED) - int(before in REFUSED),
    )


def _mark_thread(root_id: int) -> None:
    """Mark every reply below a held comment, and no other. A parent is always older than its replies."""
    hidden = set(ReaderComment.objects.filter(pk=root_id, status=Status.PENDING).values_list("pk", flat=True))
    wrong: dict[bool, list[int]] = {True: [], False: []}
    thread = ReaderComment.objects.filter(root_id=root_id).order_by("pk")
    for pk, above, status, under_held in thread.values_list("pk", "in_reply_to_id", "status", "under_held"):
        below_held = above in hidden
        if below_held or status == Status.PENDING:
            hidden.add(pk)
        if below_held != under_held:
            wrong[below_held].append(pk)
    for below_held, pks in wrong.items():
        if pks:
            ReaderComment.objects.filter(pk__in=pks).update(under_held=below_held)

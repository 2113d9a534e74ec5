"""
A change of state, as it is written: compare-and-set, decision, counts, thread and mail in one transaction.

``actions``, ``authoring`` and ``privacy`` call this once permission is checked. ``save()`` writes no state.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django_comments.models import Comment

from blog.comments.models import Decision, Reader, ReaderComment, Refusal, Report, Revision
from blog.comments.moderation import erasing
from blog.comments.notifications import announcing, queueing
from blog.comments.states import PUBLIC, REFUSED, Actor, Status
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.reading.prepared import insert

EVENTS = "comment."


class StaleError(Exception):
    """Someone else changed it first: ``status`` is its state now, ``by`` who changed it, ``at`` when."""

    def __init__(self, comment: ReaderComment) -> None:
        last = comment.decisions.select_related("user").last()
        self.comment = comment
        self.status = Status(comment.status)
        self.by: str = last.user.get_username() if last and last.user else ""
        self.at: datetime | None = last.at if last else None
        super().__init__(comment.pk)


class NothingLeftError(Exception):
    """The words were erased: nothing is left that could be approved."""


@dataclass(frozen=True, slots=True)
class By:
    """Who or what makes a change, why, and with which others: those of one act can be undone together."""

    actor: Actor
    user: Staff | None = None
    reasons: tuple[str, ...] = ()
    refusal: Refusal | None = None
    act: UUID | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a batch: done, as they are now; stale, where someone else was first; empty of text."""

    done: list[ReaderComment]
    stale: list[ReaderComment]
    empty: list[ReaderComment]

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.done + other.done, self.stale + other.stale, self.empty + other.empty)


def move(comment_id: int, to: Status, *, version: int, by: By) -> ReaderComment:
    """
    Move a comment to a state, if it is still the version that was seen.

    Raises StaleError, NothingLeftError, ReaderComment.DoesNotExist.
    """
    moved = move_all({comment_id: version}, to, by=by)
    if moved.done:
        return moved.done[0]
    if moved.empty:
        raise NothingLeftError
    raise StaleError(moved.stale[0] if moved.stale else ReaderComment.objects.get(pk=comment_id))


@transaction.atomic
def move_all(seen: Mapping[int, int], to: Status, *, by: By) -> Moved:
    """
    Move comments (id to the version that was seen) to a state, in a fixed number of statements.

    Approving a comment that has an edit waiting approves the edit. What readers reported is settled.
    """
    moved = _sort_out(_lock_all(seen), seen, to)
    before = {comment.pk: Status(comment.status) for comment in moved.done}
    waited = _waiting_since(moved.done)
    _set(moved.done, to)
    count_moves(moved.done, to)
    also = _mark_threads_below(before) if Status.PENDING in {to, *before.values()} else []
    after = list(ReaderComment.objects.filter(pk__in=before).select_related("page", "reader", "in_reply_to"))
    _record_all(after, before, waited, by)
    Report.objects.open().filter(comment__in=before).update(settled_at=timezone.now())
    queueing.queue_for_moves(after, before)
    announcing.announce_moves(moved.done, after, also)
    return Moved(after, moved.stale, moved.empty)


@transaction.atomic
def drop_edit(comment_id: int, *, version: int, by: By) -> ReaderComment:
    """Refuse an edit that waits; the words that were approved stay. Raises StaleError."""
    before = lock_version(comment_id, version)
    if before.held_revision is None:
        raise StaleError(before)
    waited = _waiting_since([before])
    _write(before, held_revision=None, reason="")
    after = _read(comment_id)
    _record_all([after], {after.pk: Status(after.status)}, waited, by)
    return after


@transaction.atomic
def reword(comment_id: int, text: str, *, version: int, by: By) -> ReaderComment:
    """
    Put other words in place of a comment's own and of an edit that waits.

    Raises StaleError, and NothingLeftError: erased comments cannot be reworded.
    """
    before = lock_version(comment_id, version)
    if not before.comment:
        raise NothingLeftError
    number = next_revision(before)
    Revision.objects.create(comment=before, number=number, text=text)
    Comment.objects.filter(pk=comment_id).update(comment=text)
    _write(before, revision=number, held_revision=None, reason="" if before.is_public else before.reason)
    after = _read(comment_id)
    _record_all([after], {after.pk: Status(after.status)}, {}, by)
    announcing.announce_edits([after.pk])
    return after


@transaction.atomic
def delete(comment_id: int, *, version: int, by: By) -> None:
    """Delete a comment for good, or empty it where other people have replied. Raises StaleError."""
    comment = move(comment_id, Status.TRASH, version=version, by=by)
    count([comment.reader_id], Status.TRASH, None)
    outbox.forget_about(EVENTS, [comment_id])
    if comment.replies.exists():
        erasing.empty([comment_id])
    else:
        erasing.delete([comment_id])


def begin(comment: ReaderComment, by: By) -> None:
    """Count a new comment, and record who or what decided on it."""
    count([comment.reader_id], None, Status(comment.status))
    record(comment, "", by)
    announcing.announce_new(comment)


def record(comment: ReaderComment, before: Status | str, by: By) -> None:
    """Record a decision about a comment that was not waiting for a moderator."""
    decision = _decision(comment, before, by)
    insert(decision)


def below_held(above: ReaderComment | None) -> bool:
    """Say whether what answers this comment must wait for it."""
    return bool(above and (above.under_held or above.status == Status.PENDING))


def next_revision(comment: ReaderComment) -> int:
    return max(comment.revision, comment.held_revision or 0) + 1


def count(readers: Iterable[int | None], before: Status | None, after: Status | None) -> None:
    """Keep people's record: how many approved, how many refused. None is: not there."""
    approved = int(after in PUBLIC) - int(before in PUBLIC)
    refused = int(after in REFUSED) - int(before in REFUSED)
    if approved or refused:
        for number, pks in _by_number(readers).items():
            Reader.objects.filter(pk__in=pks).update(
                approved_count=F("approved_count") + number * approved,
                refused_count=F("refused_count") + number * refused,
            )


def count_moves(comments: list[ReaderComment], to: Status) -> None:
    for before in {comment.status for comment in comments}:
        count([comment.reader_id for comment in comments if comment.status == before], Status(before), to)


def _by_number(readers: Iterable[int | None]) -> dict[int, list[int]]:
    """Group readers by how often each is named: one statement for each number, not for each reader."""
    groups: dict[int, list[int]] = {}
    for reader, number in sorted(Counter(filter(None, readers)).items()):
        groups.setdefault(number, []).append(reader)
    return groups


def _lock_all(seen: Iterable[int]) -> list[ReaderComment]:
    rows = ReaderComment.objects.select_for_update(of=("self",)).filter(pk__in=list(seen))
    return list(rows.order_by("pk"))


def lock(comment_id: int) -> ReaderComment:
    """Return the comment as it is, and keep others from changing it until this transaction ends."""
    return ReaderComment.objects.select_for_update(of=("self",)).get(pk=comment_id)


def lock_version(comment_id: int, version: int) -> ReaderComment:
    """Return the comment, locked, if it is still the version that was seen. Raises StaleError."""
    comment = lock(comment_id)
    if comment.version != version:
        raise StaleError(comment)
    return comment


def _read(comment_id: int) -> ReaderComment:
    return ReaderComment.objects.select_related("page", "reader", "in_reply_to").get(pk=comment_id)


def _write(comment: ReaderComment, **fields: object) -> None:
    ReaderComment.objects.filter(pk=comment.pk).update(version=F("version") + 1, **fields)


def _sort_out(comments: list[ReaderComment], seen: Mapping[int, int], to: Status) -> Moved:
    moved = Moved([], [], [])
    for comment in comments:
        if comment.version != seen[comment.pk]:
            moved.stale.append(comment)
        elif to in PUBLIC and not comment.comment:
            moved.empty.append(comment)
        else:
            moved.done.append(comment)
    return moved


def _set(comments: list[ReaderComment], to: Status) -> None:
    pks = [comment.pk for comment in comments]
    ReaderComment.objects.filter(pk__in=pks).update(status=to, version=F("version") + 1, reason="")
    Comment.objects.filter(pk__in=pks).update(is_public=to in PUBLIC)
    if to in PUBLIC:
        _show_edits([comment.pk for comment in comments if comment.held_revision is not None])


def _show_edits(pks: list[int]) -> None:
    """Put the edits that waited in the place of the words that were public."""
    edits = Revision.objects.filter(comment__in=pks, number=F("comment__held_revision"))
    shown = [Comment(pk=pk, comment=text) for pk, text in edits.values_list("comment", "text")]
    Comment.objects.bulk_update(shown, ["comment"])
    ReaderComment.objects.filter(pk__in=pks).update(revision=F("held_revision"), held_revision=None)


def _waiting_since(comments: list[ReaderComment]) -> dict[int, datetime]:
    """Return since when each of those waits that do: since the last thing that happened to it."""
    waiting = [comment.pk for comment in comments if comment.waiting]
    last = Decision.objects.filter(comment__in=waiting).order_by().values("comment").annotate(at=Max("at"))
    return dict(last.values_list("comment", "at"))


def _record_all(
    comments: list[ReaderComment], before: Mapping[int, Status], waiting_since: Mapping[int, datetime], by: By
) -> None:
    """Record who or what brought each comment from the state it was in to the one it is in."""
    now = timezone.now()
    Decision.objects.bulk_create(
        _decision(
            comment,
            before[comment.pk],
            by,
            waited=_seconds(now - waiting_since[comment.pk]) if comment.pk in waiting_since else None,
            at=now,
        )
        for comment in comments
    )


def _decision(comment: ReaderComment, before: Status | str, by: By, **when: object) -> Decision:
    return Decision(
        comment=comment,
        revision=comment.revision,
        from_status=before,
        to_status=comment.status,
        actor=by.actor,
        user=by.user,
        reasons=list(by.reasons),
        refusal=by.refusal,
        act=by.act,
        **when,
    )


def _seconds(waited: timedelta) -> int:
    return max(0, int(waited.total_seconds()))


def _mark_threads_below(comment_ids: Iterable[int]) -> list[int]:
    """
    In the threads of those that were answered, mark every reply below a held comment and no other.

    Return those whose mark has changed.
    """
    answers = ReaderComment.objects.filter(in_reply_to__in=list(comment_ids)).order_by()
    roots = list(answers.values_list("root_id", flat=True).distinct())
    if not roots:
        return []
    held = ReaderComment.objects.filter(pk__in=roots, status=Status.PENDING).order_by()
    hidden = set(held.values_list("pk", flat=True))
    wrong: dict[bool, list[int]] = {True: [], False: []}
    replies = ReaderComment.objects.filter(root_id__in=roots).order_by("pk")  # what they answer is older
    for pk, above, status, under_held in replies.values_list("pk", "in_reply_to_id", "status", "under_held"):
        below_held = above in hidden
        if below_held or status == Status.PENDING:
            hidden.add(pk)
        if below_held != under_held:
            wrong[below_held].append(pk)
    for below_held, pks in wrong.items():
        if pks:
            ReaderComment.objects.filter(pk__in=pks).update(under_held=below_held)
    return [pk for pks in wrong.values() for pk in pks]

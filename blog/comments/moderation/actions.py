"""
What can happen to a comment: a reader sends or reports it, a moderator decides. Every door calls these.

Each checks permission. ``intake`` writes what is new, ``changes`` what becomes of it, with the decision and
the mail in one transaction. What its author can do is in ``authoring``.
"""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from blog.comments.models import Decision, ReaderComment, Refusal, Report
from blog.comments.moderation import author_tokens, changes, evidence, intake, repeats
from blog.comments.moderation.changes import By, Moved, NothingLeftError, StaleError
from blog.comments.moderation.repeats import KeyReusedError
from blog.comments.moderation.submissions import Receipt, Submission
from blog.comments.notifications import queueing
from blog.comments.rules import policy, verdicts
from blog.comments.rules.policy import CommentsClosedError
from blog.comments.rules.verdicts import Remark
from blog.comments.states import Actor, Status
from cms.credentials.staff import Staff
from cms.rate_limit import actions as rate_limit
from cms.rate_limit.clients import Client
from cms.storage.transactions import atomic_or_again

__all__ = ["CommentsClosedError", "KeyReusedError", "Moved", "NothingLeftError", "StaleError"]

MODERATE = "blog_comments.moderate_comments"
MOST_AT_ONCE = 500


class NotSeenError(Exception):
    """There is no such comment that a visitor can read."""


@atomic_or_again
def submit(submission: Submission) -> Receipt:
    """
    Keep a comment with its decision and its mail, or answer a repeat as the first time.

    Raises CommentsClosedError, KeyReusedError, rate_limit.TooManyError.
    """
    kept = repeats.find(submission)
    comment, by_author = kept or (_keep_new(submission), True)
    return Receipt.of(comment, author_tokens.issue(comment, again=bool(kept)) if by_author else "")


def _keep_new(submission: Submission) -> ReaderComment:
    terms = policy.require_open(submission.page)
    if submission.client:
        rate_limit.take_post(submission.client)
    known = evidence.gather(submission, terms)
    verdict = verdicts.judge(known.facts, terms)
    comment = intake.keep(submission, known, verdict)
    queueing.queue_for_new(comment)
    return comment


@transaction.atomic
def report(comment_id: int, reason: str, *, words: str, client: Client) -> None:
    """
    Report a public comment to the moderators, once per client.

    Raises NotSeenError, rate_limit.TooManyError.
    """
    seen = ReaderComment.objects.public().select_for_update(of=("self",))
    reported = seen.numbered(comment_id).first()
    if reported is None:
        raise NotSeenError
    if Report.objects.filter(comment=reported, client=client.network).exists():
        return
    rate_limit.take_post(client)
    queueing.queue_for_report(reported)
    Report.objects.create(comment=reported, reason=reason, words=words, client=client.network)


def approve(comment: ReaderComment, *, by: Staff, version: int, reasons: Iterable[str] = ()) -> ReaderComment:
    """Publish a comment, and with it an edit that waits. An approved one stays; its reports are settled."""
    return _decide(comment, Status.APPROVED, by=by, version=version, reasons=reasons)


def hold(comment: ReaderComment, *, by: Staff, version: int, reasons: Iterable[str] = ()) -> ReaderComment:
    return _decide(comment, Status.PENDING, by=by, version=version, reasons=reasons)


def mark_as_spam(
    comment: ReaderComment, *, by: Staff, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    return _decide(comment, Status.SPAM, by=by, version=version, reasons=reasons)


def trash(
    comment: ReaderComment,
    *,
    by: Staff,
    version: int,
    reasons: Iterable[str] = (),
    refusal: Refusal | None = None,
) -> ReaderComment:
    """Move a comment to the trash. ``refusal`` is sent to its author, if they asked for email."""
    named = (refusal.title,) if refusal else ()
    return _decide(comment, Status.TRASH, by=by, version=version, reasons=(*named, *reasons), refusal=refusal)


def restore(comment: ReaderComment, *, by: Staff, version: int, reasons: Iterable[str] = ()) -> ReaderComment:
    """Put a comment back to where it was before the last change of its state: undo."""
    return _decide(comment, _state_before(comment), by=by, version=version, reasons=reasons)


def refuse_edit(
    comment: ReaderComment, *, by: Staff, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    """Keep the approved words and drop the edit that waits."""
    _require_moderator(by)
    return changes.drop_edit(comment.pk, version=version, by=_by(by, (Remark.EDIT_REFUSED, *reasons)))


def edit(
    comment: ReaderComment, text: str, *, by: Staff, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    """Change the words of a comment, in whatever state it stays."""
    _require_moderator(by)
    return changes.reword(
        comment.pk, text, version=version, by=_by(by, (Remark.EDITED_BY_MODERATOR, *reasons))
    )


def delete(comment: ReaderComment, *, by: Staff, version: int, reasons: Iterable[str] = ()) -> ReaderComment:
    """Delete a comment for good; return it as it was."""
    _require_moderator(by)
    changes.delete(comment.pk, version=version, by=_by(by, reasons))
    return comment


@transaction.atomic
def reply(comment: ReaderComment, text: str, *, by: Staff, version: int) -> ReaderComment:
    """
    Answer a comment from a staff account, and approve it if it is not public. Return the answer.

    The same answer again is the first one. Raises PermissionDenied, StaleError, NothingLeftError.
    """
    _require_moderator(by)
    changes.lock(comment.pk)  # two presses of one button wait for each other
    if earlier := repeats.by_staff(comment, text, by):
        return earlier
    seen = changes.lock_version(comment.pk, version)
    if seen.status != Status.APPROVED or seen.waiting:
        approve(seen, by=by, version=version)
    answer = intake.keep_of_staff(comment, text, by)
    queueing.queue_for_new(answer)
    return answer


Verb = Callable[..., ReaderComment]
VERBS: dict[str, Verb] = {
    "approve": approve,
    "hold": hold,
    "spam": mark_as_spam,
    "trash": trash,
    "restore": restore,
    "refuse-edit": refuse_edit,
}
STATES = {
    "approve": Status.APPROVED,
    "hold": Status.PENDING,
    "spam": Status.SPAM,
    "trash": Status.TRASH,
}


def decide_all(
    verb: str,
    seen: Mapping[int, int],
    *,
    by: Staff,
    refusal: Refusal | None = None,
    act: UUID | None = None,
) -> Moved:
    """
    Carry out a verb of STATES on up to MOST_AT_ONCE comments: id to the version that was seen.

    ``refusal`` goes with the trash. ``act`` is what ``undo_act`` knows them by. Raises PermissionDenied,
    ValueError for more.
    """
    _require_moderator(by)
    if len(seen) > MOST_AT_ONCE:
        raise ValueError(len(seen))
    named = (refusal.title,) if refusal else ()
    return changes.move_all(seen, STATES[verb], by=By(Actor.PERSON, by, named, refusal, act))


def undo_act(decisions: Iterable[Decision], *, by: Staff) -> Moved:
    """
    Put comments back to where they were before some decisions of an act, each in its comment's last one.

    A comment that someone else decides about meanwhile is left alone, as stale. Raises PermissionDenied.
    """
    _require_moderator(by)
    groups: dict[str, dict[int, int]] = {}
    for decision in decisions:
        if decision.from_status != decision.to_status and (comment := decision.comment):
            groups.setdefault(decision.from_status, {})[comment.pk] = comment.version
    moved = Moved([], [], [])
    for state, seen in groups.items():
        moved += changes.move_all(seen, Status(state), by=_by(by))
    return moved


def _decide(
    comment: ReaderComment,
    to: Status,
    *,
    by: Staff,
    version: int,
    reasons: Iterable[str],
    refusal: Refusal | None = None,
) -> ReaderComment:
    """Raises PermissionDenied, StaleError, NothingLeftError."""
    _require_moderator(by)
    return changes.move(comment.pk, to, version=version, by=_by(by, reasons, refusal))


def _state_before(comment: ReaderComment) -> Status:
    moves = Decision.objects.filter(comment=comment).exclude(from_status=F("to_status"))
    last = moves.order_by("pk").last()
    return Status(last.from_status) if last and last.from_status else Status.PENDING


def _by(user: Staff, reasons: Iterable[str] = (), refusal: Refusal | None = None) -> By:
    return By(Actor.PERSON, user, tuple(reasons), refusal)


def _require_moderator(by: Staff) -> None:
    if not by.has_perm(MODERATE):
        raise PermissionDenied

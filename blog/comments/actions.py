"""
What can happen to a comment. The only code that changes one.

Each change checks who may, writes by compare-and-set on (``status``, ``version``), and records a Decision, in
one transaction. State is never written with ``save()``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django_comments.models import Comment
from django_comments.signals import comment_was_posted

from blog.comments import notifications, rules
from blog.comments.models import Decision, Reader, ReaderComment, Token
from blog.comments.states import PUBLIC, REFUSED, Actor, Status
from blog.comments.submissions import Receipt, Submission
from cms import vault

MODERATE = "blog_comments.moderate_comments"
TOKEN_LIFE = timedelta(days=30)


class CommentsClosedError(Exception):
    """The page takes no comments: closed, unpublished, restricted or gone."""


class KeyReusedError(Exception):
    """The same Idempotency-Key came with other words."""


class StaleError(Exception):
    """Somebody else was first. ``status`` is what the comment is now, ``by`` who did it, ``at`` when."""

    def __init__(self, comment: ReaderComment) -> None:
        last = comment.decisions.select_related("user").last()
        self.status = Status(comment.status)
        self.by: str = last.user.get_username() if last and last.user else ""
        self.at: datetime | None = last.at if last else None
        super().__init__(comment.pk)


@transaction.atomic
def submit(submission: Submission) -> Receipt:
    """
    Keep a comment with its decision and its mail, or answer a repeat as the first time.

    Raises CommentsClosedError, KeyReusedError.
    """
    if earlier := _earlier(submission):
        return earlier
    _require_open(submission)
    try:
        with transaction.atomic():
            return _keep(submission)
    except IntegrityError:
        # the same words arrived at the same moment, and the other one was first
        if earlier := _earlier(submission):
            return earlier
        raise


def approve(
    comment: ReaderComment, *, by: AbstractBaseUser, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    return _decide(comment, Status.APPROVED, by=by, version=version, reasons=reasons)


def hold(
    comment: ReaderComment, *, by: AbstractBaseUser, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    return _decide(comment, Status.PENDING, by=by, version=version, reasons=reasons)


def mark_as_spam(
    comment: ReaderComment, *, by: AbstractBaseUser, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    return _decide(comment, Status.SPAM, by=by, version=version, reasons=reasons)


def trash(
    comment: ReaderComment, *, by: AbstractBaseUser, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    return _decide(comment, Status.TRASH, by=by, version=version, reasons=reasons)


VERBS = {"approve": approve, "hold": hold, "spam": mark_as_spam, "trash": trash}


def _earlier(submission: Submission) -> Receipt | None:
    """Answer a repeat: with a fresh token for the holder of the key, without one for the same words alone."""
    if submission.client_key:
        comment = ReaderComment.objects.filter(idempotency_key=submission.client_key).first()
        if comment:
            if comment.words_key != submission.words_key:
                raise KeyReusedError
            return _receipt(comment, _issue_token(comment))
    comment = ReaderComment.objects.filter(words_key=submission.words_key).first()
    return _receipt(comment, "") if comment else None


def _require_open(submission: Submission) -> None:
    """Ask the database, not the page in hand: it may have been closed since it was read."""
    model = type(submission.page)
    if not model.objects.live().public().filter(pk=submission.page.pk, comments_open=True).exists():
        raise CommentsClosedError


def _keep(submission: Submission) -> Receipt:
    verdict = rules.judge(
        rules.Facts(honeypot_filled=submission.honeypot_filled, seconds_open=submission.seconds_open)
    )
    comment = _insert(submission, verdict.status)
    _record(comment, "", verdict.status, actor=Actor.RULE, reasons=verdict.reasons)
    if verdict.status == Status.PENDING:
        notifications.tell_moderators(comment)
    transaction.on_commit(
        lambda: comment_was_posted.send(sender=ReaderComment, comment=comment, request=None)
    )
    return _receipt(comment, _issue_token(comment))


def _insert(submission: Submission, status: Status) -> ReaderComment:
    parent = (
        ReaderComment.objects.filter(pk=submission.reply_to_id).first() if submission.reply_to_id else None
    )
    return ReaderComment.objects.create(
        content_type=ContentType.objects.get_for_model(submission.page),
        object_pk=str(submission.page.pk),
        site_id=settings.SITE_ID,
        page_id=submission.page.pk,
        user_name=submission.name,
        comment=submission.text,
        followup=submission.notify,
        status=status,
        reader=_reader(submission.address),
        in_reply_to=parent,
        root_id=(parent.root_id or parent.pk) if parent else None,
        level=parent.level + 1 if parent else 0,
        under_held=bool(parent and (parent.under_held or parent.status == Status.PENDING)),
        idempotency_key=submission.client_key,
        words_key=submission.words_key,
    )


def _reader(address: str) -> Reader | None:
    if not address:
        return None
    known = Reader.objects.with_address(address).first()
    return (
        known
        or Reader.objects.get_or_create(
            address_index=vault.index(address), defaults={"sealed_address": vault.seal(address)}
        )[0]
    )


def _issue_token(comment: ReaderComment) -> str:
    secret = Token.new_secret()
    Token.objects.create(
        comment=comment,
        purpose=Token.Purpose.AUTHOR,
        digest=vault.keyed_digest("token", secret),
        expires_at=timezone.now() + TOKEN_LIFE,
    )
    return secret


def _receipt(comment: ReaderComment, token: str) -> Receipt:
    return Receipt(comment_id=comment.pk, approved=comment.status in PUBLIC, token=token)


@transaction.atomic
def _decide(
    comment: ReaderComment, to: Status, *, by: AbstractBaseUser, version: int, reasons: Iterable[str]
) -> ReaderComment:
    """
    Move a comment to a state, if it is still what the moderator saw.

    Raises PermissionDenied, StaleError.
    """
    if not by.has_perm(MODERATE):
        raise PermissionDenied
    before = ReaderComment.objects.select_related("in_reply_to").get(pk=comment.pk)
    seen = ReaderComment.objects.filter(pk=comment.pk, version=version, status=before.status)
    above = before.in_reply_to
    under_held = bool(above and (above.under_held or above.status == Status.PENDING))
    if not seen.update(status=to, version=F("version") + 1, under_held=under_held):
        raise StaleError(before)
    Comment.objects.filter(pk=comment.pk).update(is_public=to in PUBLIC)
    _record(before, before.status, to, actor=Actor.PERSON, user=by, reasons=reasons)
    _count(before.reader_id, Status(before.status), to)
    if Status.PENDING in {before.status, to}:
        _mark_thread(before.root_id or before.pk)
    return ReaderComment.objects.select_related("page", "reader", "in_reply_to").get(pk=comment.pk)


def _record(
    comment: ReaderComment,
    before: str,
    after: Status,
    *,
    actor: Actor,
    reasons: Iterable[str],
    user: AbstractBaseUser | None = None,
) -> None:
    Decision.objects.create(
        comment=comment,
        revision=comment.revision,
        from_status=before,
        to_status=after,
        actor=actor,
        user=user,
        reasons=list(reasons),
    )


def _count(reader_id: int | None, before: Status, after: Status) -> None:
    """Keep the person's record: how many approved, how many refused."""
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

"""
What can happen to a comment: a reader sends it, a moderator decides. Every door calls these.

Each checks who may; ``changes`` writes by compare-and-set and records the decision, in one transaction.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_comments.signals import comment_was_posted

from blog.comments import notifications, rules
from blog.comments.changes import StaleError, below_held, move, record
from blog.comments.models import Reader, ReaderComment, Revision, Token
from blog.comments.states import PUBLIC, Actor, Status
from blog.comments.submissions import Receipt, Submission
from cms import vault
from cms.rate_limit import actions as rate_limit

__all__ = ["VERBS", "StaleError", "approve", "hold", "mark_as_spam", "submit", "trash"]

MODERATE = "blog_comments.moderate_comments"
TOKEN_LIFE = timedelta(days=30)


class CommentsClosedError(Exception):
    """The page takes no comments: closed, unpublished, restricted or gone."""


class KeyReusedError(Exception):
    """The same Idempotency-Key came with other words."""


@transaction.atomic
def submit(submission: Submission) -> Receipt:
    """
    Keep a comment with its decision and its mail, or answer a repeat as the first time.

    Raises CommentsClosedError, KeyReusedError, rate_limit.TooManyError.
    """
    if earlier := _earlier(submission):
        return earlier
    _require_open(submission)
    if submission.client:
        rate_limit.take(submission.client)
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
    Revision.objects.create(comment=comment, number=comment.revision, text=comment.comment)
    record(comment, "", actor=Actor.RULE, reasons=verdict.reasons)
    notifications.arrived(comment)
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
        under_held=below_held(parent),
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


def _decide(
    comment: ReaderComment, to: Status, *, by: AbstractBaseUser, version: int, reasons: Iterable[str]
) -> ReaderComment:
    """Raises PermissionDenied, StaleError."""
    if not by.has_perm(MODERATE):
        raise PermissionDenied
    return move(comment.pk, to, version=version, actor=Actor.PERSON, user=by, reasons=reasons)

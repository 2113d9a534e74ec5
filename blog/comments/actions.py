"""
What can happen to a comment: a reader sends it, a moderator decides. Every door calls these.

Each checks who may; ``changes`` writes by compare-and-set and records the decision, in one transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_comments.signals import comment_was_posted

from blog.comments import notifications, policy, rules
from blog.comments.changes import StaleError, below_held, count, drop_edit, move, record
from blog.comments.models import Reader, ReaderComment, Revision, Token
from blog.comments.states import PUBLIC, Actor, Moderation, Status
from blog.comments.submissions import Receipt, Submission
from cms import vault
from cms.rate_limit import actions as rate_limit

__all__ = ["VERBS", "StaleError", "approve", "hold", "mark_as_spam", "refuse_edit", "submit", "trash"]

MODERATE = "blog_comments.moderate_comments"
TOKEN_LIFE = timedelta(days=30)


class CommentsClosedError(Exception):
    """The page takes no comments: closed, too old, unpublished, restricted or gone."""


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
    terms = _require_open(submission)
    if submission.client:
        rate_limit.take(submission.client)
    try:
        with transaction.atomic():
            return _keep(submission, terms)
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


def refuse_edit(
    comment: ReaderComment, *, by: AbstractBaseUser, version: int, reasons: Iterable[str] = ()
) -> ReaderComment:
    """Keep the approved words and drop the edit that waits."""
    _require_moderator(by)
    return drop_edit(comment.pk, version=version, user=by, reasons=reasons)


VERBS = {
    "approve": approve,
    "hold": hold,
    "spam": mark_as_spam,
    "trash": trash,
    "refuse-edit": refuse_edit,
}


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


def _require_open(submission: Submission) -> policy.Policy:
    """Ask the database, not the page in hand: it may have been closed since it was read."""
    pages = type(submission.page).objects.live().public().defer_streamfields()
    page = pages.filter(pk=submission.page.pk).first()
    terms = policy.of(page) if page else None
    if terms is None or not terms.open:
        raise CommentsClosedError
    return terms


def _keep(submission: Submission, terms: policy.Policy) -> Receipt:
    proven = _shows_proof(submission)
    verdict = rules.judge(_facts(submission, terms, proven=proven), terms)
    comment = _insert(submission, verdict.status, proven_at=timezone.now() if proven else None)
    count(comment.reader_id, None, verdict.status)
    Revision.objects.create(comment=comment, number=comment.revision, text=comment.comment)
    record(comment, "", actor=Actor.RULE, reasons=verdict.reasons)
    notifications.arrived(comment)
    transaction.on_commit(
        lambda: comment_was_posted.send(sender=ReaderComment, comment=comment, request=None)
    )
    return _receipt(comment, _issue_token(comment))


def _facts(submission: Submission, terms: policy.Policy, *, proven: bool) -> rules.Facts:
    trust_matters = proven and terms.moderation == Moderation.UNTIL_TRUSTED
    return rules.Facts(
        text=submission.text,
        name=submission.name,
        domain=submission.address.rpartition("@")[2],
        honeypot_filled=submission.honeypot_filled,
        seconds_open=submission.seconds_open,
        proven_approved=_proven(submission).filter(status__in=PUBLIC).count() if trust_matters else 0,
    )


def _shows_proof(submission: Submission) -> bool:
    """
    Say whether the author's token of a comment with a proven address, by the same person, came along.

    An address merely typed proves nothing, and earns nothing.
    """
    if not (submission.address and submission.proofs):
        return False
    shown = Token.objects.matching(purpose=Token.Purpose.AUTHOR, secrets_shown=list(submission.proofs))
    return _proven(submission).filter(pk__in=shown.values("comment")).exists()


def _proven(submission: Submission) -> QuerySet[ReaderComment]:
    """Comments of the person the submission names, with a proven address."""
    person = Reader.objects.with_address(submission.address)
    return ReaderComment.objects.filter(reader__in=person, proven_at__isnull=False)


def _insert(submission: Submission, status: Status, *, proven_at: datetime | None) -> ReaderComment:
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
        proven_at=proven_at,
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
    # locked, so that nobody erases, merges or purges the row before the comment refers to it
    known = Reader.objects.select_for_update().with_address(address).first()
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
    _require_moderator(by)
    return move(comment.pk, to, version=version, actor=Actor.PERSON, user=by, reasons=reasons)


def _require_moderator(by: AbstractBaseUser) -> None:
    if not by.has_perm(MODERATE):
        raise PermissionDenied

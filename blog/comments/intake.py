"""
A comment as it is first written down: reader, words, decision and mail, or the answer to a repeat.

``actions.submit`` calls this once it knows that the page takes comments; ``actions.reply`` for staff.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_comments.models import Comment
from django_comments.signals import comment_was_posted
from django_comments_xtd.models import XtdComment
from wagtail.models import Page

from blog.comments import names, notifications, policy, rules
from blog.comments.bans import DomainBan, above
from blog.comments.changes import By, below_held, count, record
from blog.comments.models import Reader, ReaderComment, Revision, Token
from blog.comments.states import PUBLIC, Actor, Moderation, Status
from blog.comments.submissions import Receipt, Submission
from cms import vault
from cms.prepared import Given, insert, prepared

TOKEN_LIFE = timedelta(days=30)
FRESH_TOKENS = 5  # of one comment: each repeat of its submission by key draws another
SAID_BY_STAFF = "Written by staff"


class KeyReusedError(Exception):
    """The same Idempotency-Key came with other words."""


def earlier(submission: Submission) -> Receipt | None:
    """
    Answer a repeat: with a fresh token for the holder of the key, without one for the same words alone.

    Raises KeyReusedError.
    """
    if submission.client_key and (comment := _of_client_key.first(key=submission.client_key)):
        if comment.words_key != submission.words_key:
            raise KeyReusedError
        _forget_tokens_but(FRESH_TOKENS - 1, comment)
        return _receipt(comment, _issue_token(comment))
    comment = _of_words_key.first(key=submission.words_key)
    return _receipt(comment, "") if comment else None


@prepared
def _of_client_key() -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(idempotency_key=Given("key")).only("status", "words_key")


@prepared
def _of_words_key() -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(words_key=Given("key")).only("status", "words_key")


def keep(submission: Submission, terms: policy.Policy) -> Receipt:
    """Judge a reader's comment and keep it. Raises IntegrityError when the same words were quicker."""
    above = _answered(submission.reply_to_id)
    reader = _reader(submission.address)
    proven = _shows_proof(submission)
    verdict = rules.judge(_facts(submission, terms, reader, proven=proven), terms)
    comment = _insert(
        submission.page,
        above,
        user_name=submission.name,
        comment=submission.text,
        followup=submission.notify,
        status=verdict.status,
        reason=verdict.reasons[0] if verdict.reasons else "",
        proven_at=timezone.now() if proven else None,
        reader=reader,
        idempotency_key=submission.client_key,
        words_key=submission.words_key,
    )
    count([comment.reader_id], None, verdict.status)
    _arrived(comment, By(Actor.RULE, reasons=verdict.reasons))
    return _receipt(comment, _issue_token(comment))


def earlier_of_staff(above: ReaderComment, text: str, by: AbstractBaseUser) -> ReaderComment | None:
    """Return the same answer by the same account to the same comment: a button pressed twice."""
    return ReaderComment.objects.filter(words_key=_staff_key(above, text, by)).first()


def keep_of_staff(above: ReaderComment, text: str, by: AbstractBaseUser) -> ReaderComment:
    """Publish what staff answer. No reader, no address: a badge and an account."""
    comment = _insert(
        above.page,
        _answered(above.pk),
        user_name=names.of(by),
        user=by,
        by_staff=True,
        comment=text,
        status=Status.APPROVED,
        words_key=_staff_key(above, text, by),
    )
    _arrived(comment, By(Actor.PERSON, by, (SAID_BY_STAFF,)))
    return comment


def _staff_key(above: ReaderComment, text: str, by: AbstractBaseUser) -> str:
    return vault.keyed_digest("staff words", f"{above.pk}\0{by.pk}\0{text}")


def _insert(page: Page, above: ReaderComment | None, **said: object) -> ReaderComment:
    """Write the three rows of a comment: ``save`` would ask for each whether it is there already."""
    comment = ReaderComment(
        content_type=ContentType.objects.get_for_model(page),
        object_pk=str(page.pk),
        site_id=settings.SITE_ID,
        page_id=page.pk,
        in_reply_to=above,
        root_id=(above.root_id or above.pk) if above else None,
        level=above.level + 1 if above else 0,
        under_held=below_held(above),
        submit_date=timezone.now(),
        **said,
    )
    comment.is_public = comment.status in PUBLIC
    insert(comment, into=Comment)
    comment.comment_ptr_id = comment.xtdcomment_ptr_id = comment.id
    insert(comment, into=XtdComment)
    insert(comment)
    return comment


def _arrived(comment: ReaderComment, by: By) -> None:
    insert(Revision(comment=comment, number=comment.revision, text=comment.comment))
    record(comment, "", by)
    notifications.arrived(comment)
    transaction.on_commit(
        lambda: comment_was_posted.send(sender=ReaderComment, comment=comment, request=None)
    )


def _answered(comment_id: int | None) -> ReaderComment | None:
    """Return the comment that is answered, locked: it is not held while the reply is being written."""
    if not comment_id:
        return None
    return ReaderComment.objects.select_for_update(of=("self",), no_key=True).filter(pk=comment_id).first()


def _facts(
    submission: Submission, terms: policy.Policy, reader: Reader | None, *, proven: bool
) -> rules.Facts:
    domain = submission.address.rpartition("@")[2]
    trust_matters = proven and terms.moderation == Moderation.UNTIL_TRUSTED
    return rules.Facts(
        text=submission.text,
        name=submission.name,
        domain=domain,
        bans=_bans(reader, domain),
        honeypot_filled=submission.honeypot_filled,
        seconds_open=submission.seconds_open,
        proven_approved=_proven(submission).filter(status__in=PUBLIC).count() if trust_matters else 0,
    )


def _bans(reader: Reader | None, domain: str) -> tuple[str, ...]:
    """What meets the address that was typed, whoever typed it: it only ever makes a person look."""
    if reader is None:
        return ()
    return (reader.ban, *_domain_bans(domains=above(domain)))


@prepared
def _domain_bans() -> QuerySet:
    bans = DomainBan.objects.filter(domain__in=[Given("domains", many=True)])
    return bans.order_by().values_list("ban", flat=True)


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


def _reader(address: str) -> Reader | None:
    """
    Return the person's row, locked: nobody erases, merges or purges it before the comment refers to it.

    The same statements run whether the address is known or not: the time tells nothing. A single one, with
    ON CONFLICT DO UPDATE, takes PostgreSQL 0.1 ms longer for a known address: that can be measured.
    """
    if not address:
        return None
    index, *earlier = indexes = vault.indexes(address)
    known = _known_index.first(indexes=indexes) if earlier else None
    row = Reader(address_index=known or index, sealed_address=vault.seal(address))
    insert(row, ignore_conflicts=True)
    return _locked_reader.first(indexes=indexes)


@prepared
def _known_index() -> QuerySet:
    known = Reader.objects.filter(address_index__in=[Given("indexes", many=True)])
    return known.order_by().values_list("address_index", flat=True)


@prepared
def _locked_reader() -> QuerySet[Reader]:
    return Reader.objects.select_for_update().filter(address_index__in=[Given("indexes", many=True)])


def _issue_token(comment: ReaderComment) -> str:
    secret = Token.new_secret()
    insert(
        Token(
            comment=comment,
            purpose=Token.Purpose.AUTHOR,
            digest=vault.keyed_digest("token", secret),
            expires_at=timezone.now() + TOKEN_LIFE,
        )
    )
    return secret


def _forget_tokens_but(number: int, comment: ReaderComment) -> None:
    """Keep the newest of an author's tokens: whoever repeats himself for ever fills no table."""
    tokens = Token.objects.filter(comment=comment, purpose=Token.Purpose.AUTHOR).order_by("-pk")
    tokens.filter(pk__in=list(tokens.values_list("pk", flat=True)[number:])).delete()


def _receipt(comment: ReaderComment, token: str) -> Receipt:
    return Receipt(comment_id=comment.pk, approved=comment.status in PUBLIC, token=token)

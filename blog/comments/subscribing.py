"""
What can happen to a reader's wish for mail: he asks, confirms, ends it, or wants no mail ever again.

A link in a mail carries a secret. It is drawn when the mail is written, and only its digest is stored: a mail
that is tried twice carries two secrets, and both are good until they expire.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from blog.comments.models import Reader, ReaderComment, Token
from blog.comments.subscriptions import Subscription, SubscriptionQuerySet, Suppression
from cms import public_pages, vault
from cms.outbox import actions as outbox

CONFIRM = "comment.confirm"
LIFE = {Token.Purpose.CONFIRM: timedelta(days=7), Token.Purpose.UNSUBSCRIBE: timedelta(days=365)}


def subscribe(comment: ReaderComment) -> None:
    """
    Keep the wish that came with a comment, and promise the question whether it was the address's owner.

    The same rows are written whatever is known of the address: the time this takes tells nothing.
    Whether the question is asked is decided when the mail is written.
    """
    if comment.followup and comment.reader_id:
        Subscription.objects.create(comment=comment, reader_id=comment.reader_id)
        outbox.queue(CONFIRM, comment.pk, f"reader:{comment.reader_id}")


@transaction.atomic
def confirm(token: Token) -> None:
    """Begin what the mail asked about. Nothing happens the second time, nor to what was ended meanwhile."""
    now = timezone.now()
    if not covered(token).update(confirmed_at=now):
        return
    Reader.objects.filter(pk=token.comment.reader_id, proven_at=None).update(proven_at=now)
    ReaderComment.objects.filter(pk=token.comment_id, proven_at=None).update(proven_at=now)


def covered(token: Token) -> SubscriptionQuerySet:
    """
    What waits for the button behind a confirmation link: the reader's wishes from before the link was made.

    Later ones were not in the mail, and anybody may have typed them.
    """
    made_at = token.expires_at - LIFE[Token.Purpose.CONFIRM]
    return Subscription.objects.waiting().filter(reader=token.comment.reader_id, created_at__lte=made_at)


def unsubscribe(subscription: Subscription) -> None:
    """End a reader's mail about a thread, from whichever of his comments in it."""
    root_id = subscription.comment.root_id or subscription.comment_id
    in_thread = Subscription.objects.in_thread(root_id).filter(reader=subscription.reader_id)
    in_thread.filter(ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def never_again(reader: Reader) -> None:
    """Send nothing to this address any more, also when it is typed again by whomever."""
    Suppression.objects.get_or_create(address_index=vault.index(reader.address))
    reader.subscriptions.filter(ended_at=None).update(ended_at=timezone.now())


def is_suppressed(reader: Reader) -> bool:
    return Suppression.objects.filter(address_index__in=vault.indexes(reader.address)).exists()


def new_secret(comment: ReaderComment, purpose: Token.Purpose) -> str:
    """Draw the secret of one link and store its digest."""
    secret = secrets.token_urlsafe(Token.BYTES)
    Token.objects.create(
        comment=comment,
        purpose=purpose,
        digest=vault.keyed_digest("token", secret),
        expires_at=timezone.now() + LIFE[purpose],
    )
    return secret


def find(secret: str, purpose: Token.Purpose) -> Token | None:
    """Return the token of a link, with its subscription; None when it is unknown or expired."""
    tokens = Token.objects.matching(purpose=purpose, secrets_shown=[secret])
    subscribed = tokens.filter(comment__subscription__isnull=False)
    return subscribed.select_related(
        "comment__subscription__reader", "comment__subscription__comment"
    ).first()


def titles(subscriptions: SubscriptionQuerySet) -> list[str]:
    """Return what the pages are called that somebody subscribed to, each once; only of public pages."""
    pages = public_pages.of(Page.objects.all()).filter(reader_comments__subscription__in=subscriptions)
    return list(pages.order_by("pk").distinct().values_list("title", flat=True))

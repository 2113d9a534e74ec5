"""
Subscriptions to mail: readers ask, confirm, unsubscribe, or opt out of all mail for good.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from blog.comments.models import Reader, ReaderComment, Subscription, SubscriptionQuerySet, Token
from cms.outbox import questions, suppression
from cms.reading import public_pages

CONFIRM = "comment.confirm"
LIFE = {Token.Purpose.CONFIRM: timedelta(days=7), Token.Purpose.UNSUBSCRIBE: timedelta(days=365)}


def subscribe(comment: ReaderComment) -> None:
    """
    Keep the subscription that came with a comment, and queue the mail that asks for confirmation.

    The same rows are written whatever is known of the address, so that timing reveals nothing.
    Whether the question is asked is decided when the mail is written.
    """
    reader = comment.reader if comment.followup else None
    if reader:
        Subscription.objects.create(comment=comment, reader=reader)
        questions.queue(CONFIRM, comment.pk, f"reader:{reader.pk}", address=reader.address)


@transaction.atomic
def confirm(token: Token) -> None:
    """Begin what the mail asked about. Nothing happens the second time, nor to what was ended meanwhile."""
    now = timezone.now()
    if not covered(token).update(confirmed_at=now):
        return
    if reader_id := token.comment.reader_id:
        Reader.objects.filter(pk=reader_id, proven_at=None).update(proven_at=now)
    ReaderComment.objects.filter(pk=token.comment_id, proven_at=None).update(proven_at=now)


def covered(token: Token) -> SubscriptionQuerySet:
    """
    Return what a confirmation link covers: the reader's unconfirmed subscriptions from before it was made.

    Later ones were not in the mail, and anyone may have typed them.
    """
    made_at = token.expires_at - LIFE[Token.Purpose.CONFIRM]
    return Subscription.objects.waiting().filter(reader=token.comment.reader_id, created_at__lte=made_at)


def unsubscribe(subscription: Subscription) -> None:
    """End a reader's mail about a thread, from whichever of their comments in it."""
    root_id = subscription.comment.root_id or subscription.comment_id
    in_thread = Subscription.objects.in_thread(root_id).filter(reader=subscription.reader_id)
    in_thread.filter(ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def never_again(reader: Reader) -> None:
    """Send nothing to this address any more, even when someone types it again."""
    suppression.keep_from_mail(reader.address)
    reader.subscriptions.filter(ended_at=None).update(ended_at=timezone.now())


def new_secret(comment: ReaderComment, purpose: Token.Purpose) -> str:
    """Draw the secret of one link and store its digest."""
    return Token.issue(LIFE[purpose], comment=comment, purpose=purpose)


def find(secret: str, purpose: Token.Purpose) -> Token | None:
    """Return the token of a link, with its subscription; None when it is unknown or expired."""
    tokens = Token.objects.matching(purpose=purpose, secrets_shown=[secret])
    subscribed = tokens.filter(comment__subscription__isnull=False)
    return subscribed.select_related(
        "comment__subscription__reader", "comment__subscription__comment"
    ).first()


def titles(subscriptions: SubscriptionQuerySet | list[int]) -> list[str]:
    """Return the titles of the pages subscribed to, each once; public pages only."""
    pages = public_pages.of(Page.objects.all()).filter(reader_comments__subscription__in=subscriptions)
    return list(pages.order_by("pk").distinct().values_list("title", flat=True))

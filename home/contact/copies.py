"""
A visitor's copy of his own words: asked for with the message, sent once the owner of the address says so.

Anybody can type anybody's address. So what goes out first is a question without a byte of the message, one in
24 hours to an address however often it is typed (security.md, AB-12, AB-13); its link shows a page, and the
button on that page sends the copy. The secret in the link is drawn when the mail is written, and only its
digest is stored.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from blog.comments.subscriptions import Suppression
from cms import vault
from cms.outbox import actions as outbox
from cms.outbox import budget
from cms.outbox.models import Delivery, DeliveryQuerySet, State
from home.contact.models import ContactMessage, CopyToken, MessageCopy
from home.contact.states import State as MessageState

CONFIRM = "contact.confirm"
COPY = "contact.copy"
LIFE = timedelta(days=7)
ONE_IN = timedelta(hours=24)
WEEK = timedelta(days=7)
MOST_A_WEEK = 3
MOST_AN_HOUR = 200
BYTES = 24


def ask(message: ContactMessage) -> None:
    """Keep the wish, and promise the question. Whether it is asked is decided when the mail is written."""
    MessageCopy.objects.create(message=message)
    outbox.queue(CONFIRM, message.pk, _recipient(message))


def may_ask(row: Delivery) -> bool:
    """
    Say whether a row may become a mail: one in 24 hours to an address, three a week.

    Raises NotYetError where the site was made to ask as often as it may within the hour.
    """
    rows = Delivery.objects.filter(event=CONFIRM, recipient=row.recipient)
    if rows.filter(state=State.WAITING, pk__lt=row.pk).exists():
        return False  # the oldest asks for all
    lately = _sent(rows, WEEK).values_list("finished_at", flat=True)[:MOST_A_WEEK]
    if len(lately) == MOST_A_WEEK or (lately and lately[0] > timezone.now() - ONE_IN):
        return False
    budget.take(row, most=MOST_AN_HOUR)
    return True


def new_secret(copy: MessageCopy) -> str:
    """Draw the secret of one link and store its digest."""
    secret = secrets.token_urlsafe(BYTES)
    digest = vault.keyed_digest("copy token", secret)
    CopyToken.objects.create(copy=copy, digest=digest, expires_at=timezone.now() + LIFE)
    return secret


def find(secret: str) -> CopyToken | None:
    """Return the token of a link; None when it is unknown or expired."""
    digests = vault.keyed_digests("copy token", secret)
    tokens = CopyToken.objects.filter(digest__in=digests, expires_at__gt=timezone.now())
    return tokens.select_related("copy__message").first()


def waiting(token: CopyToken) -> QuerySet[MessageCopy]:
    """Return what waits for the button: wishes with this address from before the link was made."""
    mine = MessageCopy.objects.filter(
        message__address_index__in=vault.indexes(token.copy.message.reply_address),
        confirmed_at=None,
        created_at__lte=token.expires_at - LIFE,
    )
    return mine.exclude(message__state=MessageState.SPAM).select_related("message").order_by("pk")


@transaction.atomic
def confirm(token: CopyToken, chosen: Iterable[int]) -> int:
    """Promise the copies of those messages the owner chose. Return how many; none the second time."""
    sent = 0
    for copy in waiting(token).filter(message__in=list(chosen)):
        if MessageCopy.objects.filter(pk=copy.pk, confirmed_at=None).update(confirmed_at=timezone.now()):
            outbox.queue(COPY, copy.message_id, _recipient(copy.message))
            sent += 1
    return sent


@transaction.atomic
def never_again(token: CopyToken) -> None:
    """Send nothing to this address any more, also when it is typed again by whomever."""
    Suppression.objects.get_or_create(address_index=vault.index(token.copy.message.reply_address))
    waiting(token).delete()


def is_suppressed(message: ContactMessage) -> bool:
    return Suppression.objects.filter(address_index__in=vault.indexes(message.reply_address)).exists()


def forget_old(most: int) -> int:
    """Drop a batch of wishes nobody confirmed, and links that have expired."""
    now = timezone.now()
    CopyToken.objects.filter(expires_at__lt=now).delete()
    old = MessageCopy.objects.filter(confirmed_at=None, created_at__lt=now - 2 * LIFE)
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    MessageCopy.objects.filter(pk__in=pks).delete()
    return len(pks)


def _sent(rows: DeliveryQuerySet, within: timedelta) -> DeliveryQuerySet:
    since = timezone.now() - within
    return rows.filter(state=State.SENT, finished_at__gt=since).order_by("-finished_at")


def _recipient(message: ContactMessage) -> str:
    return f"visitor:{message.address_index}"

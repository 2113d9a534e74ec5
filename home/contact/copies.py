"""
A visitor's copy of their own message: requested with the message, sent once the owner of the address agrees.

Anyone can type anyone's address. So the first mail is a question without a byte of the message, at most one
in 24 hours to a mailbox however often its address is typed (``cms.outbox.questions``). Its link shows a page,
and the button on that page sends the copy. The secret in the link is generated when the mail is written, and
only its digest is stored.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from blog.comments.models import Reader
from cms import vault
from cms.outbox import actions as outbox
from cms.outbox import questions
from cms.outbox.models import Delivery
from cms.outbox.suppression import keep_from_mail, wants_no_mail, wants_no_question
from home.contact.models import ContactMessage, CopyToken, MessageCopy
from home.contact.states import State as MessageState

CONFIRM = "contact.confirm"
COPY = "contact.copy"
LIFE = timedelta(days=7)


def may_ask(message: ContactMessage, row: Delivery) -> bool:
    """
    Say whether a row may become a mail: one question in 24 hours to a mailbox, whichever form it came from.

    Raises NotYetError.
    """
    address = message.reply_address
    known = Reader.objects.with_address(address).filter(proven_at__isnull=False)
    proven = known.exists()
    if wants_no_question(address, proven=proven or _has_confirmed(address)):
        return False
    return questions.may_ask(row, address, proven=proven)


def new_secret(copy: MessageCopy) -> str:
    """Generate the secret of one link and store its digest."""
    return CopyToken.issue(LIFE, copy=copy)


def find(secret: str) -> CopyToken | None:
    """Return the token of a link; None when it is unknown or expired."""
    return CopyToken.objects.shown(secret).select_related("copy__message").first()


def waiting(token: CopyToken) -> QuerySet[MessageCopy]:
    """Return what can be confirmed: requests with this address from before the link was made."""
    mine = MessageCopy.objects.filter(
        message__address_index__in=vault.indexes(token.copy.message.reply_address),
        confirmed_at=None,
        created_at__lte=token.expires_at - LIFE,
    )
    return mine.exclude(message__state=MessageState.SPAM).select_related("message").order_by("pk")


@transaction.atomic
def confirm(token: CopyToken, selection: Iterable[int]) -> int:
    """Queue the copies of the messages the owner selected. Return how many; none the second time."""
    sent, now = 0, timezone.now()
    for copy in waiting(token).filter(message__in=list(selection)):
        if MessageCopy.objects.filter(pk=copy.pk, confirmed_at=None).update(confirmed_at=now):
            outbox.queue(COPY, copy.message_id, copy.recipient)
            sent += 1
    if sent:
        known = Reader.objects.with_address(token.copy.message.reply_address)
        known.filter(proven_at=None).update(proven_at=now)
    return sent


@transaction.atomic
def never_again(token: CopyToken) -> None:
    """Send nothing to this address any more, even if someone types it again."""
    keep_from_mail(token.copy.message.reply_address)
    waiting(token).delete()


def is_suppressed(message: ContactMessage) -> bool:
    return wants_no_mail(message.reply_address)


def forget_old(most: int) -> int:
    """Delete a batch of requests that were never confirmed, and links that have expired."""
    now = timezone.now()
    CopyToken.objects.expired().delete()
    old = MessageCopy.objects.filter(confirmed_at=None, created_at__lt=now - 2 * LIFE)
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    MessageCopy.objects.filter(pk__in=pks).delete()
    return len(pks)


def _has_confirmed(address: str) -> bool:
    mine = MessageCopy.objects.filter(message__address_index__in=vault.indexes(address))
    return mine.filter(confirmed_at__isnull=False).exists()

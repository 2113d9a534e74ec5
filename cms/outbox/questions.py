"""
Whether a mailbox may be asked if its owner typed the address (reference: security.md, AB-13).

Anyone can type anyone's address, a thousand times an hour, in every form and with every ``+tag``. The outbox
holds a row for each time; this module decides, when a row is due, whether a mail is sent: one in 24 hours to
a mailbox, three a week, and no more than MOST_AN_HOUR of one event from the whole site.

A wish is an event and a recipient: one form and one address as it was typed. A mail answers its own wish
only; the others wait for their day, so that nobody can silence an owner by asking first.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cms import vault
from cms.outbox import actions, budget
from cms.outbox.events import NotYetError
from cms.outbox.models import Delivery, DeliveryQuerySet, State, in_mailbox
from cms.text.mail_address import mailbox_of, normalise

ONE_IN = timedelta(hours=24)
WEEK = timedelta(days=7)
MOST_A_WEEK = 3
MOST_AN_HOUR = 200
SOON, SOONER = timedelta(minutes=1), timedelta(seconds=5)
PLAIN, TAGGED = "mailbox", "tagged mailbox"


def queue(event: str, subject_id: int, recipient: str, *, address: str) -> None:
    """Queue a question, to be asked if that is allowed when it is due. Raises OutsideTransactionError."""
    mailbox = mailbox_of(address)
    purpose = PLAIN if normalise(address) == mailbox else TAGGED
    actions.queue(event, subject_id, recipient, mailbox=vault.keyed_digest(purpose, mailbox))


def may_ask(row: Delivery, address: str, *, proven: bool) -> bool:
    """
    Say whether this row may become a mail. One to a proven address waits for no other wish.

    Raises NotYetError when it may later. Leases are read before sent rows: a row whose mail has just been
    sent has lost its lease by then, and is found among the sent.
    """
    plain, tagged = (vault.keyed_digests(purpose, mailbox_of(address)) for purpose in (PLAIN, TAGGED))
    rows = _to_the_mailbox(row, [*plain, *tagged])
    if _an_older_one_asks(rows, row) or (not proven and _was_asked_that_day(rows, row)):
        return False
    _wait_for_a_worker(rows, row)
    if not proven:
        _wait_for_the_first_in_line(rows, row, plain)
    _wait_for_room(rows, proven=proven)
    budget.take(row, most=MOST_AN_HOUR)
    return True


def _to_the_mailbox(row: Delivery, digests: list[str]) -> DeliveryQuerySet:
    """Return every question to it; of rows without a mailbox (older versions), those to this recipient."""
    return Delivery.objects.filter(in_mailbox(*digests) | Q(event=row.event, recipient=row.recipient))


def _an_older_one_asks(rows: DeliveryQuerySet, row: Delivery) -> bool:
    """Say whether an older row of its wish waits. Raises NotYetError while that mail is being written."""
    older = _of_its_wish(rows.waiting(), row).filter(pk__lt=row.pk).order_by("pk").first()
    if older and older.lease_until and older.lease_until > timezone.now():
        raise NotYetError(max(older.due_at, timezone.now()) + SOON)
    return older is not None


def _was_asked_that_day(rows: DeliveryQuerySet, row: Delivery) -> bool:
    """Say whether the wish was asked within a day. Raises NotYetError until that day is over."""
    sent = _of_its_wish(rows, row).filter(state=State.SENT)
    last = sent.order_by("-finished_at").values_list("finished_at", flat=True).first()
    if last is None or row.created_at >= last + ONE_IN:
        return False
    _wait_until(last + ONE_IN)
    return True


def _wait_for_a_worker(rows: DeliveryQuerySet, row: Delivery) -> None:
    """Wait while another mail to the mailbox is written; of two that wait for each other, one waits less."""
    now = timezone.now()
    other = rows.waiting().filter(lease_until__gt=now).exclude(pk=row.pk).order_by("pk").first()
    if other:
        raise NotYetError(now + (SOON if other.pk < row.pk else SOONER))


def _wait_for_the_first_in_line(rows: DeliveryQuerySet, row: Delivery, plain: list[str]) -> None:
    """
    Wishes that were never asked go first, then addresses without a tag, then the oldest.

    Tags can be invented without end. A row that was refused delays no other.
    """
    asked = Delivery.objects.filter(
        state=State.SENT, event=OuterRef("event"), recipient=OuterRef("recipient")
    )
    line = rows.waiting().filter(Q(failure="") | Q(pk=row.pk))
    line = line.annotate(asked=Exists(asked), tagged=~Q(mailbox__in=plain))
    first = line.order_by("asked", "tagged", "pk").first()
    if first and first.pk != row.pk:
        raise NotYetError(max(first.due_at, timezone.now()) + SOON)


def _wait_for_room(rows: DeliveryQuerySet, *, proven: bool) -> None:
    sent = rows.filter(state=State.SENT).order_by("-finished_at").values_list("finished_at", flat=True)
    lately = list(sent[:MOST_A_WEEK])
    if lately:
        _wait_until(lately[0] + ONE_IN)
    if len(lately) == MOST_A_WEEK and not proven:
        _wait_until(lately[-1] + WEEK)


def _of_its_wish(rows: DeliveryQuerySet, row: Delivery) -> DeliveryQuerySet:
    return rows.filter(event=row.event, recipient=row.recipient)


def _wait_until(moment: datetime) -> None:
    if moment > timezone.now():
        raise NotYetError(moment)

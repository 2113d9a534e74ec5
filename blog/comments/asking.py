"""
When an address may be asked whether it was its owner who typed it (security.md, AB-13).

Anybody can type anybody's address, a thousand times an hour. The outbox holds a row for each time; this is
what decides, when a row is due, whether a mail comes of it.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from blog.comments.models import Reader
from blog.comments.subscribing import CONFIRM
from cms.outbox import budget
from cms.outbox.events import NotYetError
from cms.outbox.models import Delivery, DeliveryQuerySet, State

ONE_IN = timedelta(hours=24)
WEEK = timedelta(days=7)
MOST_A_WEEK = 3
MOST_AN_HOUR = 200
SOON = timedelta(minutes=1)


def may_ask(reader: Reader, row: Delivery) -> bool:
    """
    Say whether this row may become a mail: one in 24 hours to an address, however many rows there are.

    Raises NotYetError when it may later: so that what was typed after a mail had gone is asked about once the
    address is proven, and so that the site as a whole is made to ask no more than MOST_AN_HOUR.
    """
    rows = Delivery.objects.filter(event=CONFIRM, recipient=row.recipient)
    if _another_will_ask(rows, row):
        return False
    if last := _sent(rows).values_list("finished_at", flat=True).first():
        _wait_until(last + ONE_IN)
        if reader.proven_at is None and (row.created_at < last + ONE_IN or _asked_enough(rows)):
            return False
    budget.take(row, most=MOST_AN_HOUR)
    return True


def _another_will_ask(rows: DeliveryQuerySet, row: Delivery) -> bool:
    """The oldest row that waits asks for all of them, unless its mail is being written at this moment."""
    older = rows.filter(state=State.WAITING, pk__lt=row.pk).order_by("pk").first()
    if older and older.lease_until and older.lease_until > timezone.now():
        raise NotYetError(timezone.now() + SOON)
    return older is not None


def _asked_enough(rows: DeliveryQuerySet) -> bool:
    return _sent(rows).filter(finished_at__gt=timezone.now() - WEEK).count() >= MOST_A_WEEK


def _wait_until(moment: datetime) -> None:
    if moment > timezone.now():
        raise NotYetError(moment)


def _sent(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    return rows.filter(state=State.SENT).order_by("-finished_at")

"""
How many mails of one kind an hour may ask for, where anybody can cause them by typing somebody's address.

A row belongs to the hour that ends when it was wanted, and that hour is used up by those let through. So an
outage uses up nothing: after a day without a mail server goes what the day's hours would have let go.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from cms.outbox.events import NotYetError
from cms.outbox.models import Delivery, State

HOUR = timedelta(hours=1)
LET_THROUGH = Q(state=State.SENT) | ~Q(refusal="")


def take(row: Delivery, *, most: int) -> None:
    """
    Let a row through, each time it is tried. Raises NotYetError when its hour is used up.

    Several workers at once may exceed it by one mail each.
    """
    if row.wanted_since > timezone.now():
        raise NotYetError(row.wanted_since)
    hour = {"wanted_since__gt": row.wanted_since - HOUR, "wanted_since__lte": row.wanted_since}
    others = Delivery.objects.filter(LET_THROUGH, event=row.event, **hour).exclude(pk=row.pk)
    wanted = list(others.order_by("-wanted_since").values_list("wanted_since", flat=True)[:most])
    if len(wanted) == most:
        raise NotYetError(wanted[-1] + HOUR)

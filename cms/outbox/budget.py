"""
An hourly limit for mails of one kind that anyone can cause by typing someone else's address.

A row belongs to the hour before the moment it was wanted, and the rows let through use up that hour. So an
outage uses up nothing: after a day without a mail server, all that the day's hours allowed is sent.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from cms.outbox.events import NotYetError
from cms.outbox.models import Delivery, State

HOUR = timedelta(hours=1)
LET_THROUGH = Q(state=State.SENT) | ~Q(failure="")


def take(row: Delivery, *, most: int) -> None:
    """
    Let a row through, each time it is tried. Raises NotYetError when its hour is used up.

    Several workers at once may exceed the limit by one mail each.
    """
    if row.wanted_since > timezone.now():
        raise NotYetError(row.wanted_since)
    hour = {"wanted_since__gt": row.wanted_since - HOUR, "wanted_since__lte": row.wanted_since}
    others = Delivery.objects.filter(LET_THROUGH, event=row.event, **hour).exclude(pk=row.pk)
    moments = list(others.order_by("-wanted_since").values_list("wanted_since", flat=True)[:most])
    if len(moments) == most:
        raise NotYetError(moments[-1] + HOUR)

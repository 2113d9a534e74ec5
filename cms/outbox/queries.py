"""Questions about the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from cms.outbox.models import Delivery, State, Worker

LATE_AFTER = timedelta(minutes=15)
WORKER_LOST_AFTER = timedelta(seconds=60)
MOST_COUNTED = 1000
EVERYTHING = Q()  # the condition that all rows meet


@dataclass(frozen=True, slots=True)
class Status:
    """
    ``oldest_due`` is how long the oldest row has waited that could have been sent.

    Back-off does not reset that time: while the mail server is down the queue is late, however often it is
    tried. But a mailbox that refuses mail does not make the queue late.
    """

    worker_seen: bool
    oldest_due: timedelta

    @property
    def late(self) -> bool:
        return self.oldest_due > LATE_AFTER

    @property
    def waits_since(self) -> datetime | None:
        """When the oldest row could have been sent; None when no such row is waiting."""
        return timezone.now() - self.oldest_due if self.oldest_due else None


def status() -> Status:
    now = timezone.now()
    moments = [_first("due_at", now), _first("wanted_since", now), now]
    seen = Worker.objects.filter(seen_at__gte=now - WORKER_LOST_AFTER).exists()
    return Status(worker_seen=seen, oldest_due=now - min(moment for moment in moments if moment))


def counts() -> dict[str, int]:
    """Return how many rows are in each state, and one more than MOST_COUNTED for more."""
    rows = Delivery.objects.order_by()
    return {state.value: rows.filter(state=state)[: MOST_COUNTED + 1].count() for state in State}


def recipients_due(among: Q, *, without: list[str], most: int) -> list[str]:
    """Return who has something due of some rows, except some; at most so many."""
    due = Delivery.objects.due().filter(among).exclude(recipient__in=without).order_by("recipient")
    return list(due.values_list("recipient", flat=True).distinct()[:most])


def about(family: str, subject_ids: list[int]) -> QuerySet[Delivery]:
    """Return the rows of some subjects, for all events of a family ("comment."), oldest first."""
    return Delivery.objects.filter(event__startswith=family, subject_id__in=subject_ids).order_by("pk")


def to(recipients: list[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(recipient__in=recipients).order_by("pk")


def _first(field: str, now: datetime) -> datetime | None:
    waiting = Delivery.objects.waiting().filter(**{f"{field}__lte": now})
    return waiting.order_by(field).values_list(field, flat=True).first()

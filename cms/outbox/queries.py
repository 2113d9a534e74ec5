"""What the outbox can be asked."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from cms.outbox.models import Delivery, State, Worker

LATE_AFTER = timedelta(minutes=15)
WORKER_LOST_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Status:
    """``oldest_due`` is how long the oldest due row has waited."""

    worker_seen: bool
    oldest_due: timedelta

    @property
    def late(self) -> bool:
        return self.oldest_due > LATE_AFTER


def status() -> Status:
    now = timezone.now()
    oldest = (
        Delivery.objects.filter(state=State.WAITING, due_at__lte=now)
        .order_by("created_at")
        .values_list("created_at", flat=True)
        .first()
    )
    seen = Worker.objects.filter(seen_at__gte=now - WORKER_LOST_AFTER).exists()
    return Status(worker_seen=seen, oldest_due=now - oldest if oldest else timedelta())


def deliveries_about(event: str, subject_ids: list[int]) -> list[Delivery]:
    """The rows of some subjects, oldest first."""
    return list(Delivery.objects.filter(event=event, subject_id__in=subject_ids).order_by("pk"))


def about(family: str, subject_ids: list[int]) -> QuerySet[Delivery]:
    """The rows of some subjects, whichever event of the family ("comment.") they tell, oldest first."""
    return Delivery.objects.filter(event__startswith=family, subject_id__in=subject_ids).order_by("pk")


def to(recipients: list[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(recipient__in=recipients).order_by("pk")

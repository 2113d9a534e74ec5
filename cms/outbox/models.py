import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    SUPPRESSED = "suppressed", "Not wanted any more"
    FAILED = "failed", "Failed"


class DeliveryQuerySet(models.QuerySet):
    def due(self) -> "DeliveryQuerySet":
        """Rows a worker may take now: waiting, due, and leased to nobody."""
        now = timezone.now()
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(free, state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")


class Delivery(models.Model):
    """One thing to tell one recipient."""

    event = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    recipient = models.CharField(max_length=60, help_text="Kind and id, such as user:3. Never an address.")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    last_answer = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(
                fields=["event", "subject_id", "recipient"], name="outbox_one_row_per_recipient"
            ),
        )
        indexes = (
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="outbox_waiting"),
            models.Index(fields=["event", "subject_id"], name="outbox_subject"),
            models.Index(fields=["recipient"], name="outbox_recipient"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.subject_id} to {self.recipient}"


class Worker(models.Model):
    """When the outbox was last looked at, by which process."""

    name = models.CharField(max_length=80, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

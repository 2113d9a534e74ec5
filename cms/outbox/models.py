import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms import vault


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Not wanted any more")
    FAILED = "failed", _("Failed")


class Failure(models.TextChoices):
    """Why the last attempt did not deliver a row."""

    FOR_NOW = "now", _("Refused for now")
    FOR_GOOD = "good", _("Refused for good")
    MAILBOX = "mailbox", _("Mailbox takes nothing now")
    RECIPIENT = "recipient", _("Refused this recipient")
    LETTERS = "letters", _("The mail server cannot take addresses with letters beyond ASCII")
    DROPPED = "dropped", _("Dropped after DATA")
    ENDPOINT = "endpoint", _("Endpoint takes nothing now")
    UNWRITTEN = "unwritten", _("Could not be written")


class DeliveryQuerySet(models.QuerySet):
    def due(self) -> "DeliveryQuerySet":
        """Rows a worker may take now: waiting, due, and not leased."""
        now = timezone.now()
        return self.waiting().filter(_free(now), due_at__lte=now).order_by("due_at", "pk")

    def waiting(self) -> "DeliveryQuerySet":
        return self.filter(state=State.WAITING)

    def to_mailbox(self, *digests: str) -> "DeliveryQuerySet":
        return self.filter(in_mailbox(*digests))

    def free(self) -> "DeliveryQuerySet":
        """Rows that no worker has leased."""
        return self.filter(_free(timezone.now()))


class Delivery(models.Model):
    """One thing to deliver to one recipient."""

    event = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    recipient = models.CharField(max_length=60, help_text="Kind and id, such as user:3. Never an address.")
    mailbox = models.CharField(
        max_length=32,
        blank=True,
        db_default="",
        help_text="A keyed digest, where mails to it are counted.",
    )
    told_in = models.BigIntegerField(null=True, help_text="The row whose mail, a digest, tells of this one.")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    wanted_since = models.DateTimeField(
        default=timezone.now,
        help_text="When it was first due; back-off moves it only for a mailbox's sake.",
    )
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    last_answer = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=12, choices=Failure, blank=True, db_column="refusal")
    drops = models.PositiveSmallIntegerField(
        default=0, help_text="How often the server went away with the whole mail in its hands."
    )
    has_turn = models.BooleanField(default=False, help_text="Its domain's pace was kept: due_at is its turn.")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name_plural = _("deliveries")
        default_permissions = ()
        permissions = (("manage_outbox", "Can see the outbox, send again and give up"),)
        constraints = (
            models.UniqueConstraint(
                fields=["event", "subject_id", "recipient"], name="outbox_one_row_per_recipient"
            ),
        )
        indexes = (
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="outbox_waiting"),
            models.Index(fields=["wanted_since"], condition=Q(state="waiting"), name="outbox_wanted"),
            models.Index(fields=["event", "subject_id"], name="outbox_subject"),
            models.Index(fields=["recipient"], name="outbox_recipient"),
            models.Index(fields=["mailbox"], condition=~Q(mailbox=""), name="outbox_mailbox"),
            models.Index(fields=["id"], condition=Q(state="failed"), name="outbox_failed"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.subject_id} to {self.recipient}"


class SiteMail(models.Model):
    """A mail that Django or Wagtail wrote to one person, until it is delivered. Only the key decrypts it."""

    sealed_address = models.BinaryField(editable=False)
    address_index = models.CharField(max_length=32, db_index=True, editable=False)
    sealed_text = models.BinaryField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("mail of the site")
        verbose_name_plural = _("mails of the site")
        default_permissions = ()

    def __str__(self) -> str:
        return f"mail of the site {self.pk}"

    @property
    def address(self) -> str:
        return vault.unseal(self.sealed_address)


class Pace(models.Model):
    """Until when one host is at its limit. The host is known only by its keyed digest."""

    host = models.CharField(max_length=32, unique=True)
    full_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"pace {self.pk}"


class Worker(models.Model):
    """When a worker process last checked the outbox."""

    name = models.CharField(max_length=80, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


def in_mailbox(*digests: str) -> Q:
    """Return the condition for rows to a mailbox, in a form for which SQLite uses the partial index."""
    return Q(mailbox__in=digests) & ~Q(mailbox="")


def _free(now: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=now)


class Suppression(models.Model):
    """An address whose owner wants no mail from this site, ever: a keyed index that outlives the address."""

    address_index = models.CharField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "blog_comments_suppression"  # its name from when comments alone knew of it
        default_permissions = ()

    def __str__(self) -> str:
        return f"suppression {self.pk}"

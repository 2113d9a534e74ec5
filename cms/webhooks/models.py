from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from cms.webhooks import events

LONGEST_URL = 500
LONGEST_NAME = 100


class Disabled(models.TextChoices):
    """Why an endpoint gets nothing."""

    BY_STAFF = "staff", _("Disabled by an administrator")
    FAILING = "failing", _("Disabled: every call failed for three days")
    GONE = "gone", _("Disabled: the endpoint answered 410 Gone")


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def enabled(self) -> "EndpointQuerySet":
        return self.filter(disabled="")


class Endpoint(models.Model):
    """Where a program waits to be told. Its secrets are sealed: they are shown when they are made."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    events = models.JSONField(_("events"), default=list)
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("site")
    )
    disabled = models.CharField(max_length=12, choices=Disabled, blank=True)
    sealed_secret = models.BinaryField(editable=False)
    sealed_old_secret = models.BinaryField(null=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, help_text="Until then both secrets sign.")
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True, help_text="No call before: it failed, or was slow.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = EndpointQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        default_permissions = ()
        permissions = (("manage_webhooks", "Can manage webhooks"),)

    def __str__(self) -> str:
        return self.name

    @property
    def recipient(self) -> str:
        """Its name in the outbox."""
        return f"endpoint:{self.pk}"

    @property
    def labels(self) -> list[str]:
        """What it is told, in words."""
        return [str(label) for name, label in events.LABELS.items() if name in self.events]


class Call(models.Model):
    """
    One event for one endpoint; its state is that of its row in the outbox.

    ``body`` is what is sent, the same at each attempt. Of the last answer only status and time are kept.
    """

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.CASCADE,
        related_name="calls",
        db_constraint=False,  # an act that queues a call while its endpoint is being deleted is carried out
    )
    event = models.CharField(max_length=40)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(
        null=True, help_text="Of HTTP; empty where there was no answer."
    )
    problem = models.CharField(max_length=20, blank=True, help_text="Why there was no answer.")
    milliseconds = models.PositiveIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("webhook call")
        verbose_name_plural = _("webhook calls")
        default_permissions = ()
        indexes = (models.Index(fields=["endpoint", "id"], name="webhooks_of_endpoint"),)

    def __str__(self) -> str:
        return f"call {self.pk}"

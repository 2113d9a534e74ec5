"""Who is told of what: readers who asked and proved their address, moderators as each one chooses."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Subscription(models.Model):
    """
    A reader's wish to hear of replies in the thread of one of his comments.

    Nothing is sent before ``confirmed_at``: until its owner presses the button, the address was only typed.
    """

    reader = models.ForeignKey("blog_comments.Reader", on_delete=models.CASCADE, related_name="subscriptions")
    comment = models.OneToOneField(
        "blog_comments.ReaderComment", on_delete=models.CASCADE, related_name="subscription"
    )
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=["confirmed_at", "created_at"], name="subscription_confirmed"),)

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Suppression(models.Model):
    """Somebody who wants no mail from this site ever again: a keyed index, which outlives the address."""

    address_index = models.CharField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class ModeratorNotice(models.Model):
    """How often one moderator is told that comments wait."""

    class Frequency(models.TextChoices):
        AT_ONCE = "at-once", "At once, when the queue was empty"
        HOURLY = "hourly", "Every hour, when something waits"
        DAILY = "daily", "Every day, when something waits"
        NEVER = "never", "Never"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    frequency = models.CharField(max_length=8, choices=Frequency, default=Frequency.AT_ONCE)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.frequency}"

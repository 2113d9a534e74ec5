"""Who is told of what: readers who asked and proved their address, moderators as each one chooses."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils import timezone


class SubscriptionQuerySet(models.QuerySet):
    def waiting(self) -> "SubscriptionQuerySet":
        """Typed, and not yet confirmed by the owner of the address."""
        return self.filter(confirmed_at=None, ended_at=None)

    def active(self) -> "SubscriptionQuerySet":
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def in_thread(self, root_id: int) -> "SubscriptionQuerySet":
        return self.filter(Q(comment_id=root_id) | Q(comment__root_id=root_id))


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

    objects = SubscriptionQuerySet.as_manager()
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

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.frequency}"

    @classmethod
    def of(cls, user: AbstractBaseUser) -> "ModeratorNotice":
        """What somebody chose, or what holds until he does: superusers run the site, not the desk."""
        until_chosen = cls.Frequency.NEVER if user.is_superuser else cls.Frequency.AT_ONCE
        return cls.objects.filter(user=user).first() or cls(user=user, frequency=until_chosen)

"""Who gets which mail: readers who asked and proved their address, moderators as each chooses."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.credentials.staff import Staff


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def waiting(self) -> "SubscriptionQuerySet":
        """Typed, and not yet confirmed by the owner of the address."""
        return self.filter(confirmed_at=None, ended_at=None)

    def active(self) -> "SubscriptionQuerySet":
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def in_thread(self, root_id: int) -> "SubscriptionQuerySet":
        return self.filter(Q(comment_id=root_id) | Q(comment__root_id=root_id))


class Subscription(models.Model):
    """
    A reader's subscription to replies in the thread of one of their comments.

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


class ModeratorNotice(models.Model):
    """How often one moderator gets mail about waiting comments."""

    class Frequency(models.TextChoices):
        AT_ONCE = "at-once", _("At once, when the queue was empty")
        HOURLY = "hourly", _("Every hour, when something waits")
        DAILY = "daily", _("Every day, when something waits")
        NEVER = "never", _("Never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    frequency = models.CharField(max_length=8, choices=Frequency, default=Frequency.AT_ONCE)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.frequency}"

    @classmethod
    def of(cls, user: Staff) -> "ModeratorNotice":
        """Return what a user chose, or the default until they do: superusers run the site, not the desk."""
        default = cls.Frequency.NEVER if user.is_superuser else cls.Frequency.AT_ONCE
        return cls.objects.filter(user=user).first() or cls(user=user, frequency=default)

"""A person who comments, known by an address that is sealed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from blog.comments.states import Ban
from cms import vault


class ReaderQuerySet(models.QuerySet["Reader"]):
    def banned(self) -> "ReaderQuerySet":
        """Those whose comments are held or refused, the last banned first."""
        return self.filter(banned_at__isnull=False).order_by("-banned_at", "-pk")

    def with_address(self, address: str) -> "ReaderQuerySet":
        return self.filter(address_index__in=vault.indexes(address))


class Reader(models.Model):
    """A person who gave an address. The address is sealed; the index finds it with the key."""

    sealed_address = models.BinaryField(editable=False)
    address_index = models.CharField(max_length=32, unique=True, editable=False)
    proven_at = models.DateTimeField(null=True, blank=True)
    ban = models.CharField(max_length=6, choices=Ban, blank=True)
    banned_at = models.DateTimeField(null=True, blank=True)
    approved_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReaderQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = (
            models.Index(fields=["banned_at"], condition=Q(banned_at__isnull=False), name="reader_banned"),
        )
        permissions = (
            ("reveal_address", "Can reveal a reader's e-mail address"),
            ("export_person", "Can export what is kept of a person"),
            ("erase_person", "Can erase what is kept of a person"),
        )

    def __str__(self) -> str:
        return f"reader {self.pk}"

    @property
    def address(self) -> str:
        """The plain address: for the mail that goes to it and the logged reveal, nothing else."""
        return vault.unseal(self.sealed_address)


class ReaderNote(models.Model):
    """A moderator's note about a person, for the others."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"note {self.pk} on reader {self.reader_id}"

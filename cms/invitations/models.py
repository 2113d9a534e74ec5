from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms import vault
from cms.invitations.names import LONGEST
from cms.outbox.tokens import OneTimeToken, OneTimeTokenQuerySet


class InvitationQuerySet(models.QuerySet):
    def to(self, address: str) -> "InvitationQuerySet":
        return self.filter(address_index__in=vault.indexes(address))


class Invitation(models.Model):
    """Whom somebody has invited, and to do what. No user exists yet."""

    name = models.CharField(max_length=LONGEST)
    sealed_address = models.BinaryField(editable=False)
    address_index = models.CharField(max_length=32, db_index=True, editable=False)
    groups = models.ManyToManyField(Group, related_name="+")
    administrator = models.BooleanField(default=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = InvitationQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def address(self) -> str:
        """Raises AddressUnreadableError."""
        return vault.unseal(self.sealed_address)

    @property
    def recipient(self) -> str:
        return f"invitation:{self.pk}"

    @property
    def has_ended(self) -> bool:
        return self.expires_at <= timezone.now()


class InvitationToken(OneTimeToken):
    """What is kept of a link. A mail that was tried twice has two."""

    DIGESTED_FOR = "invitation"
    SECRET_BYTES = 32

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="tokens")

    objects = OneTimeTokenQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"link {self.pk} of invitation {self.invitation_id}"

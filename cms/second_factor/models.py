"""Nothing here is of use to a thief of the database. Each model says why."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from cms.credentials.staff import Staff

OWN_FIRST = _("Set up your own second factor first, on your account page, so that you know it works.")


class Authenticator(models.Model):
    """The app of a person that shows codes. Its key is sealed; ``last_step`` is of the last code taken."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator")
    sealed_key = models.BinaryField(editable=False)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"authenticator of user {self.user_id}"


class Passkey(models.Model):
    """The public half of a passkey, which signs nothing. ``sign_count`` tells a copy from the original."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=50)
    credential = models.BinaryField(editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code that works once, of 120 random bits: they cannot be found from its digest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("user", "digest"), name="one_recovery_code"),)

    def __str__(self) -> str:
        return f"recovery code of user {self.user_id}"


def oldest_factor(user: Staff) -> datetime | None:
    """Return when a user's oldest factor was added; recovery codes alone are none."""
    apps, passkeys = (
        kind.objects.filter(user=user).values_list("created_at", flat=True).order_by()
        for kind in (Authenticator, Passkey)
    )
    return min(apps.union(passkeys, all=True), default=None)


class DemandForm(WagtailAdminModelForm):
    """Stops administrators from demanding a factor of others that they do not have themselves."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        demands = cleaned.get("administrators") or cleaned.get("groups")
        if demands and oldest_factor(self.for_user) is None:
            raise forms.ValidationError(OWN_FIRST)
        return cleaned


@register_setting(icon="lock")
class Demand(BaseGenericSetting):
    """Of whom a second factor is demanded. In the admin, since groups are made and filled there."""

    administrators: "models.BooleanField[bool, bool]" = models.BooleanField(
        default=False,
        help_text=_("Everybody who may do everything (superusers)."),
    )
    groups: "models.ManyToManyField[Group, models.Model]" = models.ManyToManyField(
        Group, blank=True, related_name="+"
    )

    base_form_class = DemandForm
    panels = (
        FieldPanel("administrators", heading=_("Administrators")),
        FieldPanel("groups", heading=_("Groups"), widget=forms.CheckboxSelectMultiple),
    )

    class Meta:
        verbose_name = _("second factor")
        default_permissions = ("change",)

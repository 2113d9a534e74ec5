"""Whole domains whose comments are held or go to the trash: one throw-away provider has many addresses."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.comments.states import Ban
from cms.text.mail_address import domain_in_ascii


class DomainBan(models.Model):
    domain = models.CharField(max_length=253, unique=True, validators=[DomainNameValidator()])
    ban = models.CharField(_("action"), max_length=6, choices=Ban, default=Ban.HOLD)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("domain",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        self.domain = in_ascii(self.domain)
        if "." not in self.domain:
            raise ValidationError({"domain": _("Enter a whole domain, such as mail.example")})


def above(domain: str) -> list[str]:
    """Return a domain and every domain above it: mail.example.org, example.org, org."""
    labels = in_ascii(domain).split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def in_ascii(domain: str) -> str:
    """Return a domain as mail servers know it: lower case, IDNA."""
    return domain_in_ascii(domain.strip().strip("."))

"""Whole domains whose comments wait, or go to the trash: one throw-away provider has many addresses."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import models
from django.utils import timezone

from blog.comments.states import Ban


class DomainBanQuerySet(models.QuerySet):
    def of(self, domain: str) -> "DomainBanQuerySet":
        """The bans that meet an address at this domain."""
        return self.filter(domain__in=above(domain))


class DomainBan(models.Model):
    domain = models.CharField(max_length=253, unique=True, validators=[DomainNameValidator()])
    ban = models.CharField("what becomes of it", max_length=6, choices=Ban, default=Ban.HOLD)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = DomainBanQuerySet.as_manager()

    class Meta:
        ordering = ("domain",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        self.domain = in_ascii(self.domain)
        if "." not in self.domain:
            raise ValidationError({"domain": "Enter a whole domain, such as mail.example"})


def above(domain: str) -> list[str]:
    """Return a domain and every domain it stands in: mail.example.org, example.org, org."""
    labels = in_ascii(domain).split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def in_ascii(domain: str) -> str:
    """Return a domain as mail servers know it: lower case, IDNA."""
    domain = domain.strip().strip(".").lower()
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain

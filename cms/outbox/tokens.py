"""Random secrets that let their holder do one thing, to a comment or a message. Only digests are stored."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from cms import vault
from cms.reading.prepared import insert

BYTES = 24


class OneTimeTokenQuerySet(models.QuerySet):
    def shown(self, *secrets_shown: str) -> Self:
        """The tokens that these secrets belong to and that have not expired."""
        purpose = self.model.DIGESTED_FOR
        digests = [digest for secret in secrets_shown for digest in vault.keyed_digests(purpose, secret)]
        return self.filter(digest__in=digests, expires_at__gt=timezone.now())

    def expired(self) -> Self:
        return self.filter(expires_at__lt=timezone.now())


class OneTimeToken(models.Model):
    """What is kept of a secret. ``DIGESTED_FOR`` keeps digests of one kind apart from all others."""

    DIGESTED_FOR: ClassVar[str]
    SECRET_BYTES: ClassVar[int] = BYTES

    digest = models.CharField(max_length=32, unique=True, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        abstract = True

    @classmethod
    def issue(cls, life: timedelta, *, prefix: str = "", **fields: Any) -> str:
        """Draw a secret, store its digest with the fields, and return it."""
        secret = prefix + secrets.token_urlsafe(cls.SECRET_BYTES)
        digest = vault.keyed_digest(cls.DIGESTED_FOR, secret)
        insert(cls(digest=digest, expires_at=timezone.now() + life, **fields))
        return secret

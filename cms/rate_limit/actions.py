"""The only code that writes a bucket."""

import math
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cms.prepared import Given, insert, prepared
from cms.rate_limit.models import Bucket

CAPACITY = 5
SECONDS_A_TOKEN = 30
FORGOTTEN_AFTER = timedelta(days=1)


class TooManyError(Exception):
    """The bucket is empty. ``retry_after`` is the number of whole seconds until it holds a token."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after)


@transaction.atomic(savepoint=False)
def take(client: str) -> None:
    """Raises TooManyError, having taken nothing; the transaction it is called in is then rolled back."""
    now = timezone.now()
    if insert(Bucket(client=client, tokens=CAPACITY - 1, updated_at=now), ignore_conflicts=True):
        return
    bucket = _bucket.first(client=client)
    passed = max((now - bucket.updated_at).total_seconds(), 0)
    tokens = min(CAPACITY, bucket.tokens + passed / SECONDS_A_TOKEN)
    if tokens < 1:
        raise TooManyError(math.ceil((1 - tokens) * SECONDS_A_TOKEN))
    Bucket.objects.filter(client=client).update(tokens=tokens - 1, updated_at=now)


@prepared
def _bucket() -> QuerySet[Bucket]:
    return Bucket.objects.select_for_update().filter(client=Given("client"))


def forget_old() -> int:
    return Bucket.objects.filter(updated_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()[0]

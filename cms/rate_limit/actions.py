"""The only code that writes a bucket."""

import math
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cms.rate_limit.clients import Client
from cms.rate_limit.models import Bucket
from cms.reading.prepared import Given, insert, prepared

CAPACITY = 5
SECONDS_A_TOKEN = 30
NETWORKS = 6  # of one IPv6 /48 that may use up their tokens before its other networks wait, too
FORGOTTEN_AFTER = timedelta(days=1)


class TooManyError(Exception):
    """The bucket is empty. ``retry_after`` is the number of whole seconds until it holds a token."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after)


@transaction.atomic(savepoint=False)
def take_post(client: Client) -> None:
    """
    Take what one post costs a client: a token of its network, and one of its IPv6 /48.

    Raises TooManyError, having taken nothing, as ``take`` does.
    """
    for bucket, networks in ((client.network, 1), (client.site, NETWORKS)):
        if bucket:
            _take(bucket, networks * CAPACITY, SECONDS_A_TOKEN / networks)


@transaction.atomic(savepoint=False)
def take(client: str, *, capacity: int = CAPACITY, seconds: float = SECONDS_A_TOKEN) -> None:
    """
    Take one token, of which there is a new one every ``seconds``.

    Raises TooManyError, having taken nothing; the transaction it is called in is then rolled back.
    """
    _take(client, capacity, seconds)


def _take(client: str, capacity: int, seconds: float) -> None:
    now = timezone.now()
    if insert(Bucket(client=client, tokens=capacity - 1, updated_at=now), ignore_conflicts=True):
        return
    tokens = _filled(_bucket.first(client=client), now, capacity, seconds)
    if tokens < 1:
        raise TooManyError(math.ceil((1 - tokens) * seconds))
    Bucket.objects.filter(client=client).update(tokens=tokens - 1, updated_at=now)


def is_empty(client: str, *, capacity: int = CAPACITY, seconds: float = SECONDS_A_TOKEN) -> bool:
    """Say whether ``take`` would raise TooManyError. Takes nothing."""
    bucket = Bucket.objects.filter(client=client).first()
    return bucket is not None and _filled(bucket, timezone.now(), capacity, seconds) < 1


def give_back(*clients: str) -> None:
    """
    Put back the token that was taken from each client: the request turned out to be harmless.

    Name them in the order they were taken: in any other order, two threads could wait for each other.
    """
    for client in clients:
        Bucket.objects.filter(client=client).update(tokens=F("tokens") + 1)


def _filled(bucket: Bucket, now: datetime, capacity: int, seconds: float) -> float:
    passed = max((now - bucket.updated_at).total_seconds(), 0)
    return min(capacity, bucket.tokens + passed / seconds)


@prepared
def _bucket() -> QuerySet[Bucket]:
    return Bucket.objects.select_for_update().filter(client=Given("client"))


def forget_old() -> int:
    return Bucket.objects.filter(updated_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()[0]

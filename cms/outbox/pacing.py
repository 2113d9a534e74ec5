"""
How many mails a minute the mail server gets, and each domain behind it. Several workers keep to it together.

A host is known by its keyed digest alone. Each has a moment until which its hands are full; a mail moves that
moment on by its share of a minute. As much as a minute allows may go at once.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from cms import vault
from cms.outbox.models import Pace

MINUTE = timedelta(minutes=1)
TRIES = 5
FORGOTTEN_AFTER = timedelta(hours=1)


def domains_turn(domain: str) -> datetime:
    """Take a place in a domain's line; return when it is its turn: in the past, if at once."""
    return _step(f"domain {domain}", settings.OUTBOX_PER_MINUTE["domain"], keeps_its_place=True)


def server_is_free(server: str) -> bool:
    """Say whether the mail server may get one more now; if so, it is taken for given."""
    return _step(f"server {server}", settings.OUTBOX_PER_MINUTE["server"]) <= timezone.now()


def forget() -> int:
    return Pace.objects.filter(full_until__lt=timezone.now() - FORGOTTEN_AFTER).delete()[0]


def _step(host: str, most: int, *, keeps_its_place: bool = False) -> datetime:
    """When several are at it the one that finds no moment free goes on: too much by one mail is no harm."""
    now = timezone.now()
    digest, turn = vault.keyed_digest("mail host", host), now
    for _ in range(TRIES):
        seen, _ = Pace.objects.get_or_create(host=digest, defaults={"full_until": now})
        full_until = max(seen.full_until, now) + MINUTE / most
        turn = full_until - MINUTE
        if turn > now and not keeps_its_place:
            return turn
        if Pace.objects.filter(pk=seen.pk, full_until=seen.full_until).update(full_until=full_until):
            return turn
    return turn

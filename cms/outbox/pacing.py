"""
Limits mails per minute to the mail server and to each recipient domain, across all workers.

A host is known only by its keyed digest. Each has a moment until which it is at its limit; a mail moves that
moment on. Half of what a minute allows may be sent at once and the other half in the course of the minute: so
no minute has more, wherever it begins.
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
    """Take a place in a domain's line. Return when it is its turn: in the past, if at once."""
    return _step(f"domain {domain}", settings.OUTBOX_PER_MINUTE["domain"], keeps_its_place=True)


def server_is_free(server: str) -> bool:
    """Say whether the mail server may get one more now; if so, count it."""
    return _step(f"server {server}", settings.OUTBOX_PER_MINUTE["server"]) <= timezone.now()


def forget() -> int:
    return Pace.objects.filter(full_until__lt=timezone.now() - FORGOTTEN_AFTER).delete()[0]


def _step(host: str, most: int, *, keeps_its_place: bool = False) -> datetime:
    """Count one mail. A worker that loses every race goes ahead: one mail too many does no harm."""
    now, step = timezone.now(), min(MINUTE, 2 * MINUTE / most)
    digest, turn = vault.keyed_digest("mail host", host), now
    for _ in range(TRIES):
        seen, _ = Pace.objects.get_or_create(host=digest, defaults={"full_until": now})
        full_until = max(seen.full_until, now) + step
        turn = full_until - MINUTE
        if turn > now and not keeps_its_place:
            return turn
        if Pace.objects.filter(pk=seen.pk, full_until=seen.full_until).update(full_until=full_until):
            return turn
    return turn

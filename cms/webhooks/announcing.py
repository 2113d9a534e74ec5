"""
One event, queued for each endpoint that wants it, in the transaction of the act.

An act that is rolled back announces nothing, and one that is committed has its calls committed with it: what
cannot be queued undoes the act, as with mail. Only the database is asked here, which the act needs as well;
no endpoint can hold up or undo anything. Without endpoints it is one query.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.outbox import actions as outbox
from cms.webhooks.models import Call, Endpoint

CALL = "webhook.call"


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event is about: the ``data`` of its body, and the site it belongs to, if to any."""

    data: dict[str, Any]
    site_id: int | None


def announce(event: str, things: Callable[[], Iterable[Thing]]) -> None:
    """
    Queue an event about each thing; ``things`` is called only if anybody wants to know.

    Raises OutsideTransactionError.
    """
    listening = [each for each in Endpoint.objects.enabled().order_by("pk") if event in each.events]
    if not listening:
        return
    now = timezone.now()
    for thing in things():
        body = _body(event, thing, now)
        for endpoint in listening:
            if endpoint.site_id in (None, thing.site_id):
                queue(endpoint, event, body)


@transaction.atomic
def announce_to(endpoint: Endpoint, event: str, thing: Thing) -> Call:
    """Queue an event for one endpoint, whatever it wants."""
    return queue(endpoint, event, _body(event, thing, timezone.now()))


def queue(endpoint: Endpoint, event: str, body: str) -> Call:
    call = Call.objects.create(endpoint=endpoint, event=event, body=body)
    outbox.queue(CALL, call.pk, endpoint.recipient)
    return call


def _body(event: str, thing: Thing, now: datetime) -> str:
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": event, "timestamp": moment, "data": thing.data}, separators=(",", ":"))

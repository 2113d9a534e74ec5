"""A receiver on this machine, and an endpoint that leads to it."""

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from cms import vault
from cms.outbox import postman
from cms.outbox.models import Delivery
from cms.settings.environment import Allowed
from cms.webhooks import events, schemas
from cms.webhooks.models import Endpoint
from tests.webhook_peer import WebhookPeer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def peer(settings) -> Iterator[WebhookPeer]:
    settings.WEBHOOK_ALLOWED = Allowed(frozenset(), (ipaddress.ip_network("127.0.0.0/8"),))
    with WebhookPeer() as peer:
        yield peer


@pytest.fixture
def endpoint(db, peer) -> Endpoint:
    return endpoint_at(peer.url)


def endpoint_at(url: str, **fields: Any) -> Endpoint:
    sealed = vault.seal_text(fields.pop("secret", SECRET))
    wanted = {"name": "Front end", "events": [*events.LABELS], **fields}
    return Endpoint.objects.create(url=url, sealed_secret=sealed, **wanted)


def deliver() -> None:
    """Deliver all that is due, as the worker does."""
    while postman.deliver_due():
        pass


def let_time_pass() -> None:
    """Come back when every rest and every interval is over."""
    now = timezone.now()
    Endpoint.objects.update(rests_until=None)
    Delivery.objects.update(due_at=now, wanted_since=now)


def told(peer: WebhookPeer) -> list[dict[str, Any]]:
    """Deliver, and return the bodies that have come since the last time, each as its schema has it."""
    deliver()
    bodies = [json.loads(each.body) for each in peer.received]
    for body in bodies:
        schemas.BODIES[body["type"]].model_validate(body)
    peer.received.clear()
    return bodies


def names(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["type"] for body in bodies]

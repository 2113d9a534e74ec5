"""
Takes calls from the outbox to their endpoints.

Delivery is at least once: a call is repeated if the worker dies between the answer and the note of it, with
the same ``webhook-id`` and the same body.
"""

import time
from dataclasses import dataclass

from django.utils import timezone

from cms import vault
from cms.outbox.couriers import Refused
from cms.outbox.events import NotYetError
from cms.webhooks import results, sending, signing
from cms.webhooks.models import Call, Endpoint


@dataclass(frozen=True, slots=True)
class Letter:
    """A call, and the secrets that sign it, the newest first."""

    call: Call
    secrets: tuple[str, ...]


def letter(call_id: int, recipient: str) -> Letter | None:
    """
    Return a call to be made; None where its endpoint is gone or disabled.

    Raises NotYetError while the endpoint rests, AddressUnreadableError without the key of its secret.
    """
    call = Call.objects.select_related("endpoint").filter(pk=call_id).first()
    if call is None or call.endpoint.disabled:
        return None
    if call.endpoint.rests_until and call.endpoint.rests_until > timezone.now():
        raise NotYetError(call.endpoint.rests_until)
    return Letter(call, _secrets(call.endpoint))


class WebhookCourier:
    """Serves one worker. Each call has a connection of its own."""

    def hosts(self, letter: Letter) -> tuple[str, str]:
        return "", ""  # an endpoint is paced by how long it takes to answer (``results``)

    def carry(self, letter: Letter, *, name: str) -> Refused | None:
        body = letter.call.body.encode()
        headers = signing.headers(letter.secrets, name=name, moment=int(time.time()), body=body)
        outcome = sending.post(letter.call.endpoint.url, body, headers)
        return results.note(letter.call, outcome)

    def close(self) -> None: ...


def _secrets(endpoint: Endpoint) -> tuple[str, ...]:
    sealed = [endpoint.sealed_secret]
    if (
        endpoint.sealed_old_secret
        and endpoint.old_secret_until
        and endpoint.old_secret_until > timezone.now()
    ):
        sealed.append(endpoint.sealed_old_secret)
    return tuple(map(vault.unseal_text, sealed))

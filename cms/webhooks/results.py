"""
What an answer means for the call, and for its endpoint.

An endpoint that fails rests, at growing intervals or for as long as it asks (``Retry-After``), with all that
waits for it: a dead one costs one attempt in each. One that answers slowly rests as well, so that it keeps
its thread of the worker for a bounded share of the time. One that has failed at every call for three days is
disabled, and one that answers 410 Gone is disabled at once.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cms.outbox import actions as outbox
from cms.outbox.couriers import Refused
from cms.outbox.models import Failure
from cms.webhooks import letters
from cms.webhooks.announcing import CALL
from cms.webhooks.models import Call, Disabled, Endpoint
from cms.webhooks.sending import Outcome

GIVE_UP_AFTER = timedelta(days=3)
SLOW = 1.0  # seconds
REST_AFTER_SLOW = 4  # times as long as the answer took: a fifth of the time at most


@transaction.atomic
def note(call: Call, outcome: Outcome) -> Refused | None:
    """Record an answer. Return why the call is not delivered; None if it is."""
    Call.objects.filter(pk=call.pk).update(
        status=outcome.status,
        problem=outcome.problem,
        milliseconds=int(outcome.seconds * 1000),
        answered_at=timezone.now(),
    )
    if outcome.ok:
        _went_well(call.endpoint, outcome)
        return None
    disabled = _failed(call, outcome)
    too_old = call.created_at < timezone.now() - GIVE_UP_AFTER
    why = Failure.FOR_GOOD if disabled or too_old else Failure.ENDPOINT
    return Refused(why, outcome.answer)


def disable(endpoint: Endpoint, why: Disabled) -> bool:
    """Call an endpoint no more, and end what waits for it. Return False if it was disabled already."""
    enabled = Endpoint.objects.enabled().filter(pk=endpoint.pk)
    if not enabled.update(disabled=why):
        return False
    outbox.suppress_all(CALL, endpoint.recipient)
    return True


def _went_well(endpoint: Endpoint, outcome: Outcome) -> None:
    slow = outcome.seconds > SLOW
    until = timezone.now() + timedelta(seconds=REST_AFTER_SLOW * outcome.seconds) if slow else None
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, failing_since=None, rests_until=until)
    if until:
        outbox.postpone_all(CALL, endpoint.recipient, until)


def _failed(call: Call, outcome: Outcome) -> bool:
    """Let the endpoint rest, or disable it. Return whether it is disabled, or gone."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=call.endpoint_id).first()
    if endpoint is None:
        return True
    since = endpoint.failing_since or timezone.now()
    if outcome.gone or since < timezone.now() - GIVE_UP_AFTER:
        if disable(endpoint, Disabled.GONE if outcome.gone else Disabled.FAILING):
            letters.queue(call)
        return True
    _rest(endpoint, since, timedelta(seconds=outcome.retry_after))
    return bool(endpoint.disabled)


def _rest(endpoint: Endpoint, since: datetime, asked: timedelta) -> None:
    until = timezone.now() + max(outbox.back_off(endpoint.failures + 1), asked)
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    rows.update(failures=F("failures") + 1, failing_since=since, rests_until=until)
    outbox.postpone_all(CALL, endpoint.recipient, until)

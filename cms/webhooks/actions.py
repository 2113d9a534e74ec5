"""What administrators do with endpoints, and what is forgotten in time. Each act is logged."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from cms import vault
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.outbox.chores import BATCH
from cms.webhooks import announcing, events, results, signing
from cms.webhooks.announcing import CALL, Thing
from cms.webhooks.models import Call, Disabled, Endpoint

MANAGE = "webhooks.manage_webhooks"
MOST_ENDPOINTS = 20
BOTH_SIGN_FOR = timedelta(hours=24)
KEPT = timedelta(days=30)
FIELDS = ("name", "url", "events", "site")


class TooManyEndpointsError(Exception):
    """There are MOST_ENDPOINTS already: each act is queued once for each."""


@transaction.atomic
def create(fields: Mapping[str, Any], *, by: Staff) -> tuple[Endpoint, str]:
    """
    Add an endpoint with the values of FIELDS. Return it with its secret, which is shown once.

    Raises PermissionDenied, TooManyEndpointsError.
    """
    _require(by)
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise TooManyEndpointsError
    secret = signing.new_secret()
    endpoint = Endpoint.objects.create(**_only(fields), sealed_secret=vault.seal_text(secret))
    log(endpoint, "webhooks.create", user=by)
    return endpoint, secret


@transaction.atomic
def change(endpoint: Endpoint, fields: Mapping[str, Any], *, by: Staff) -> None:
    """What waits goes to the address that it has then. Raises PermissionDenied."""
    _require(by)
    Endpoint.objects.filter(pk=endpoint.pk).update(**_only(fields))
    log(endpoint, "webhooks.change", user=by)


@transaction.atomic
def disable(endpoint: Endpoint, *, by: Staff) -> bool:
    """End what waits, and queue nothing for it. Raises PermissionDenied. Returns False if it was already."""
    _require(by)
    done = results.disable(endpoint, Disabled.BY_STAFF)
    if done:
        log(endpoint, "webhooks.disable", user=by)
    return done


@transaction.atomic
def enable(endpoint: Endpoint, *, by: Staff) -> bool:
    """Call it from now on. Raises PermissionDenied. Returns False if it was enabled already."""
    _require(by)
    rows = Endpoint.objects.filter(pk=endpoint.pk).exclude(disabled="")
    done = bool(rows.update(disabled="", failures=0, failing_since=None, rests_until=None))
    if done:
        log(endpoint, "webhooks.enable", user=by)
    return done


@transaction.atomic
def rotate(endpoint: Endpoint, *, by: Staff) -> str:
    """Return a new secret, shown once. The one before signs as well for a day. Raises PermissionDenied."""
    _require(by)
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = signing.new_secret()
    Endpoint.objects.filter(pk=endpoint.pk).update(
        sealed_secret=vault.seal_text(secret),
        sealed_old_secret=locked.sealed_secret,
        old_secret_until=timezone.now() + BOTH_SIGN_FOR,
    )
    log(endpoint, "webhooks.rotate", user=by)
    return secret


@transaction.atomic
def delete(endpoint: Endpoint, *, by: Staff) -> None:
    """Delete an endpoint with its calls. Raises PermissionDenied."""
    _require(by)
    log(endpoint, "webhooks.delete", user=by)
    outbox.forget_recipients([endpoint.recipient])
    endpoint.delete()


@transaction.atomic
def send_test(endpoint: Endpoint, *, by: Staff) -> bool:
    """Queue a call that means nothing. Raises PermissionDenied. Returns False for a disabled endpoint."""
    _require(by)
    if endpoint.disabled:
        return False
    announcing.announce_to(endpoint, events.TEST, Thing({"endpoint": endpoint.pk}, None))
    return True


@transaction.atomic
def send_again(call: Call, *, by: Staff) -> bool:
    """
    Make a call once more that has ended in whichever way: same ``webhook-id``, same body.

    Raises PermissionDenied. Returns False while it waits, and for a disabled endpoint.
    """
    _require(by)
    done = not call.endpoint.disabled and outbox.repeat(CALL, call.pk, call.endpoint.recipient)
    if done:
        log(call.endpoint, "webhooks.send_again", user=by, data={"call": call.pk})
    return done


@transaction.atomic
def forget_old() -> int:
    """Delete a batch of calls that were queued a month ago, with their rows in the outbox."""
    old = Call.objects.filter(created_at__lt=timezone.now() - KEPT).order_by("created_at")
    pks = list(old.values_list("pk", flat=True)[:BATCH])
    outbox.forget(CALL, pks)
    Call.objects.filter(pk__in=pks).delete()
    return len(pks)


def forget_old_secrets() -> int:
    """Delete the secrets that sign no more."""
    over = Endpoint.objects.filter(old_secret_until__lt=timezone.now())
    return over.update(sealed_old_secret=None, old_secret_until=None)


def _only(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in FIELDS}


def _require(by: Staff) -> None:
    if not by.has_perm(MANAGE):
        raise PermissionDenied

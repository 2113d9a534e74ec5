"""
Hands due rows to their couriers. Whatever happens with one row, the next one gets its turn.

An unexpected error affects only its own row, which is retried later and fails in the end. The error is logged
by type and place, never by its message. A database that is unavailable is left to the worker.
"""

import logging
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q
from django.utils.translation import override

from cms.outbox import actions, couriers, events, pacing, queries
from cms.outbox.models import Delivery, Failure
from cms.vault import AddressUnreadableError

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
BATCH_LASTS = 5.0  # seconds; then the worker's chores have their turn
RETRY_FOR = 600.0  # seconds; while the database is unavailable no other worker takes the row
RETRY_AFTER = 0.5  # seconds


class Round:
    """One worker's round: its couriers, created when first needed, and whether it is over."""

    def __init__(self) -> None:
        self.couriers: dict[str, couriers.Courier] = {}
        self.over = False

    def courier(self, kind: str) -> couriers.Courier:
        if kind not in self.couriers:
            self.couriers[kind] = couriers.hire(kind)
        return self.couriers[kind]

    def close(self) -> None:
        for courier in self.couriers.values():
            courier.close()


def deliver_due(limit: int = 100, *, among: Q = queries.EVERYTHING) -> int:
    """
    Deliver what is due now, of all rows or ``among`` some: at most ``limit`` of them, for BATCH_LASTS.

    Return how many were taken.
    """
    taken, begun, way = 0, time.monotonic(), Round()
    try:
        while taken < limit and not way.over and time.monotonic() - begun < BATCH_LASTS:
            delivery = actions.claim(among)
            if delivery is None:
                break
            taken += not _deliver(delivery, way)
    finally:
        way.close()
    return taken


def _deliver(delivery: Delivery, way: Round) -> bool:
    """Return whether the row was put back untouched, because the server is at its limit."""
    try:
        letter = events.render(delivery.event, delivery.subject_id, delivery.recipient)
        if letter is None:
            actions.suppress(delivery)
            return False
        return _hand_over(delivery, letter, way)
    except events.NotYetError as wait:
        actions.postpone(delivery, wait.until)
    except AddressUnreadableError as error:
        logger.error("delivery %s cannot be written: %s", delivery.pk, type(error).__name__)
        actions.refused_for_good(delivery, type(error).__name__, why=Failure.UNWRITTEN)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever one row raises, the others must be delivered
        logger.error("delivery %s cannot be written: %s", delivery.pk, _type_and_place(error))
        actions.unwritten(delivery, type(error).__name__)
    return False


def _hand_over(delivery: Delivery, letter: Any, way: Round) -> bool:
    courier = way.courier(events.kind(delivery.event))
    server, domain = courier.hosts(letter)
    if domain and not delivery.has_turn:
        turn = pacing.domains_turn(domain)
        if actions.take_turn(delivery, turn):
            return False
    if server and not pacing.server_is_free(server):
        actions.put_back(delivery)
        way.over = True
        return True
    refused = courier.carry(letter, name=str(delivery.message_id))
    if refused is None:
        _retry_until_written(lambda: actions.sent(delivery))
        return False
    with override(None):  # the log is in English
        logger.warning("delivery %s: %s, %s", delivery.pk, str(refused.why.label), refused.answer)
    _retry_until_written(lambda: actions.refused(delivery, refused.why, refused.answer))
    return False


def _retry_until_written(write: Callable[[], object]) -> None:
    """Record a result even if the database is unavailable for minutes: else the mail would be sent again."""
    deadline = time.monotonic() + RETRY_FOR
    while True:
        try:
            write()
        except DATABASE_AWAY as error:
            if time.monotonic() > deadline:
                raise
            logger.error("the database is away: %s", type(error).__name__)
            with suppress(*DATABASE_AWAY):
                connection.close()
            time.sleep(RETRY_AFTER)
        else:
            return


def _type_and_place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"

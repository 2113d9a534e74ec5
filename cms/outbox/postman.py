"""
Takes due rows to their couriers. Whatever a row does, the next one gets its turn.

What is unforeseen in one row stays with that row: it is logged by type and place, never by its words, tried
again later, and failed in the end. A database that is away is no row's fault: that goes up to the worker.
"""

import logging
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from cms.outbox import actions, couriers, events, pacing
from cms.outbox.models import Delivery, Refusal
from cms.vault import AddressUnreadableError

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
BATCH_LASTS = 5.0  # seconds; then the worker's other chores have their turn
INSISTS_FOR = 600.0  # seconds; while the database is away nobody else takes the row
ASKS_AGAIN_AFTER = 0.5  # seconds


class Round:
    """One worker on its way: its couriers, hired when first needed, and whether it goes on."""

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


def deliver_due(limit: int = 100) -> int:
    """Deliver what is due now: at most ``limit`` rows, for some seconds. Return how many were taken."""
    taken, begun, way = 0, time.monotonic(), Round()
    try:
        while taken < limit and not way.over and time.monotonic() - begun < BATCH_LASTS:
            delivery = actions.claim()
            if delivery is None:
                break
            taken += not _deliver(delivery, way)
    finally:
        way.close()
    return taken


def _deliver(delivery: Delivery, way: Round) -> bool:
    """Return whether the row was put back untouched, because the server has its hands full."""
    try:
        letter = events.render(delivery.event, delivery.subject_id, delivery.recipient)
        if letter is None:
            actions.suppress(delivery)
            return False
        return _hand_over(delivery, letter, way)
    except events.NotYetError as wait:
        actions.postpone(delivery, wait.until)
    except (events.UnknownEventError, AddressUnreadableError) as error:
        logger.error("delivery %s cannot be written: %s", delivery.pk, type(error).__name__)
        actions.refused_for_good(delivery, type(error).__name__, why=Refusal.UNWRITTEN)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever one row raises, the others go on
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
        _insist(lambda: actions.sent(delivery))
        return False
    logger.warning("delivery %s: %s, %s", delivery.pk, refused.why.label, refused.answer)
    _insist(lambda: actions.refused(delivery, refused.why, refused.answer))
    return False


def _insist(write: Callable[[], object]) -> None:
    """Write down what became of a mail even if the database is away for minutes: else it goes out again."""
    deadline = time.monotonic() + INSISTS_FOR
    while True:
        try:
            write()
        except DATABASE_AWAY as error:
            if time.monotonic() > deadline:
                raise
            logger.error("the database is away: %s", type(error).__name__)
            with suppress(*DATABASE_AWAY):
                connection.close()
            time.sleep(ASKS_AGAIN_AFTER)
        else:
            return


def _type_and_place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"

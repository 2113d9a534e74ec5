import logging
import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection
from django.db.models import Q

from cms.keyring import guard
from cms.outbox import chores, couriers, events, postman, queries
from cms.storage import private_files, site_lock

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds


class Command(BaseCommand):
    help = "Deliver the outbox and do the site's chores, until stopped. Any number may run side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Deliver what is due now, then stop.")

    def handle(self, *, once: bool, **options: object) -> None:
        with site_lock.in_use():
            private_files.close_directories()
            self.deliver(once)

    def deliver(self, once: bool) -> None:
        if once:
            refuse_foreign_keys()
            while postman.deliver_due():
                pass
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        work(stop)


def work(stop: threading.Event) -> None:
    """Deliver until stopped: each kind that is carried apart in threads of its own, all others here."""
    wait_for_keys(stop)
    apart = [threading.Thread(target=work_apart, args=(kind, stop)) for kind in sorted(couriers.apart())]
    for thread in apart:
        thread.start()
    try:
        go_round(stop, chores.clocks(), ~Q(event__in=events.of(couriers.apart())))
    finally:
        stop.set()
        for thread in apart:
            thread.join()


def work_apart(kind: str, stop: threading.Event) -> None:
    """
    Deliver one kind, each recipient's in a lane of its own: however many are slow, no other waits for them.

    Whatever ends this ends the worker, so that it is seen and started again.
    """
    among, lanes = Q(event__in=events.of([kind])), dict[str, threading.Thread]()
    try:
        while not stop.is_set():
            lanes = {recipient: lane for recipient, lane in lanes.items() if lane.is_alive()}
            for recipient in recipients_due(among, [*lanes]):
                lanes[recipient] = threading.Thread(target=empty, args=(among & Q(recipient=recipient), stop))
                lanes[recipient].start()
            stop.wait(LOOK_EVERY)
    finally:
        stop.set()
        for lane in lanes.values():
            lane.join()
        connection.close()


def recipients_due(among: Q, served: list[str]) -> list[str]:
    """Return for whom a lane can be opened now; nobody while the database is away."""
    close_old_connections()
    try:
        return queries.recipients_due(among, without=served, most=couriers.MOST_LANES - len(served))
    except postman.DATABASE_AWAY as error:
        logger.error("the database is away: %s", type(error).__name__)
        connection.close()
        return []


def empty(lane: Q, stop: threading.Event) -> None:
    """Deliver what one recipient is due."""
    over = False
    try:
        while not stop.is_set() and look([], lane):
            pass
        over = True
    finally:
        if not over:
            stop.set()
        connection.close()


def go_round(stop: threading.Event, clocks: list[chores.Clock], among: Q) -> None:
    while not stop.is_set():
        if not look(clocks, among):
            stop.wait(LOOK_EVERY)


def wait_for_keys(stop: threading.Event) -> None:
    """Wait for the database. Raises CommandError if its keys are not ours."""
    while not stop.is_set():
        try:
            return refuse_foreign_keys()
        except postman.DATABASE_AWAY as error:
            logger.error("the database is away: %s", type(error).__name__)
            connection.close()
            stop.wait(LOOK_EVERY)


def refuse_foreign_keys() -> None:
    if wrong := guard.complaint():
        raise CommandError(wrong)


def look(clocks: list[chores.Clock], among: Q = queries.EVERYTHING) -> bool:
    """Do what is due. Return whether there may be more. An unavailable database is tried again later."""
    close_old_connections()
    try:
        for clock in clocks:
            clock.strike()
        return bool(postman.deliver_due(among=among))
    except postman.DATABASE_AWAY as error:
        logger.error("the database is away: %s", type(error).__name__)
        connection.close()
        return False

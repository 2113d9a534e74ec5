import logging
import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from cms.outbox import chores, postman

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds


class Command(BaseCommand):
    help = "Deliver the outbox and do the site's chores, until told to stop. Any number may run side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Deliver what is due now, then stop.")

    def handle(self, *, once: bool, **options: object) -> None:
        if once:
            while postman.deliver_due():
                pass
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        work(stop)


def work(stop: threading.Event) -> None:
    clocks = chores.clocks()
    while not stop.is_set():
        if not look(clocks):
            stop.wait(LOOK_EVERY)


def look(clocks: list[chores.Clock]) -> bool:
    """Do what is due. Return whether there may be more. A database that is away is asked again later."""
    close_old_connections()
    try:
        for clock in clocks:
            clock.strike()
        return bool(postman.deliver_due())
    except postman.DATABASE_AWAY as error:
        logger.error("the database is away: %s", type(error).__name__)
        connection.close()
        return False

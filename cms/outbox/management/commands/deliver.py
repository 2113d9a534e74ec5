import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from cms.outbox import chores, postman

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
        close_old_connections()
        for clock, chore in clocks:
            if clock.due():
                chore()
        if not postman.deliver_due():
            stop.wait(LOOK_EVERY)

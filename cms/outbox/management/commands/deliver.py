import os
import signal
import socket
import threading
import time
from argparse import ArgumentParser

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from cms.outbox import actions, postman

LOOK_EVERY = 1.0
REPORT_EVERY = 10.0
PUBLISH_EVERY = 60.0


class Command(BaseCommand):
    help = (
        "Deliver the outbox and publish scheduled pages, until told to stop. Any number may run side by side."
    )

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
        self._work(stop)

    def _work(self, stop: threading.Event) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        report, publish = Every(REPORT_EVERY), Every(PUBLISH_EVERY)
        while not stop.is_set():
            close_old_connections()
            if report.due():
                actions.report_alive(name)
            if publish.due():
                call_command("publish_scheduled", verbosity=0)
            if not postman.deliver_due():
                stop.wait(LOOK_EVERY)


class Every:
    """True once in each span of so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next = time.monotonic()

    def due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.seconds
        return True

"""The web server: granian, whose processes are forked from one that has loaded the site."""

import gc
import multiprocessing
import os
from importlib import import_module

from django.conf import settings
from django.template import engines
from django.urls import get_resolver
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from cms.management.children import WAY_TO_START

DOOR = "cms.wsgi"
PROCESSES = min(os.cpu_count() or 1, 4)
# One computes while the other waits for the database. More would stand in each other's way: all want the one
# interpreter, and with SQLite the one lock.
THREADS = 2
THREADS_STAY = 600  # seconds without work: each has a connection to the database
KILLED_AFTER = 10  # seconds


def load() -> None:
    """Load all that every process of the site needs, to be shared by those that are forked from this one."""
    import_module(DOOR)
    get_resolver().url_patterns  # noqa: B018 -- loaded when first asked for
    engines.all()
    gc.collect()
    gc.freeze()


def serve(host: str, port: int = 0) -> None:
    """Serve until told to stop, on settings.PORT or another one."""
    multiprocessing.set_start_method(WAY_TO_START, force=True)
    Granian(
        f"{DOOR}:application",
        address=host,
        port=port or settings.PORT,
        interface=Interfaces.WSGI,
        workers=PROCESSES,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=THREADS_STAY,
        workers_kill_timeout=KILLED_AFTER,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()

"""The web server: granian, whose processes are forked from one that has loaded the site."""

import gc
import multiprocessing
import os
import resource
from importlib import import_module

from django.conf import settings
from django.template import engines
from django.urls import get_resolver
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from cms.management.children import WAY_TO_START

DOOR = "cms.front.application"
PROCESSES = min(os.cpu_count() or 1, 4)
HEADERS_WITHIN = 10_000  # milliseconds
HEADERS_AT_MOST = 64 * 1024  # bytes
CONNECTIONS = 4096  # of each process, at most; one that waits costs a socket and some kilobytes
FILES_OF_A_CONNECTION = 2  # its socket, and a body or an answer in a file
OTHER_FILES = 512  # of a process
KILLED_AFTER = 10  # seconds


def load() -> None:
    """Load all that every process of the site needs, to be shared by those that are forked from this one."""
    import_module(DOOR)
    get_resolver().url_patterns  # noqa: B018 -- loaded when first asked for
    engines.all()
    gc.collect()
    gc.freeze()


def serve(host: str, port: int = 0) -> None:
    """Serve until a stop is requested, on settings.PORT or another port."""
    multiprocessing.set_start_method(WAY_TO_START, force=True)
    Granian(
        f"{DOOR}:application",
        address=host,
        port=port or settings.PORT,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,  # HTTP/2 is the proxy's, and knows none of these bounds
        workers=PROCESSES,
        backpressure=_most_connections(),
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=HEADERS_AT_MOST),
        workers_kill_timeout=KILLED_AFTER,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def _most_connections() -> int:
    """
    Return how many connections a process may take.

    Granian 2.8 raises the limit of open files as far as it may. At that limit it would retry accept() in a
    loop and answer nobody.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(1, min(CONNECTIONS, (hard - OTHER_FILES) // FILES_OF_A_CONNECTION))

"""
S1 and S9: what a page costs that is kept, against a bare application on the same server that returns the same
bytes; and the memory of all processes when as much is kept as may be.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from django.conf import settings
from wagtail.models import Page

from cms.front.kept import SETTLES
from cms.management.web_server import PROCESSES
from tests.bench import bare
from tests.bench.door import Door
from tests.bench.table import Table
from tests.own_site import HOST, Process, WebServer, processes_of, running
from tests.smtp_peer import free_port

ROUNDS = 5
REQUESTS = 1000
MOST_TIMES_DEARER = 1.5
MOST_MEGABYTES = 250
MEGABYTE = 1024 * 1024
PRIVATE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
INTERFACES = ("wsgi", "rsgi")
OF_THE_CONNECTION = {"date", "server", "connection", "transfer-encoding"}


class Bare(WebServer):
    """A server of one answer."""

    def __init__(self, log: Path, interface: str) -> None:
        self.port = free_port()
        Process.__init__(self, bare.serve, log, HOST, self.port, interface, str(log.parent))


def measure(server: WebServer, posts: dict[int, Page], table: Table) -> None:
    url = posts[max(posts)].get_url()
    packed = Door(server.port, **{"Accept-Encoding": "br"})
    for side, door in {"": Door(server.port), ", Brotli": packed}.items():
        _settle(door, url)
        with _bare(server, door, url) as beside:
            rounds = [_costs({"kept": (server, door), **beside}, url) for _ in range(1 + ROUNDS)][1:]
        _tell(table, rounds, side)
    _tell_of_memory(server, url, table)


def _settle(door: Door, url: str) -> None:
    door.get(url)
    time.sleep(2 * SETTLES)
    door.open()
    door.get(url)


@contextmanager
def _bare(server: WebServer, door: Door, url: str) -> Iterator[dict[str, tuple[WebServer, Door]]]:
    """Serve the bytes of a page by applications that do nothing else."""
    door.open()
    head, body = door.whole(url)
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    headers = [(name, value) for name, _, value in lines if name.lower() not in OF_THE_CONNECTION]
    (server.log.parent / bare.HEADERS).write_text(json.dumps(headers))
    (server.log.parent / bare.BODY).write_bytes(body)
    servers = {name: Bare(server.log.with_name(f"{name}.log"), name) for name in INTERFACES}
    with running(*servers.values()):
        yield {name: (each, Door(each.port, **door.headers)) for name, each in servers.items()}


def _costs(sides: dict[str, tuple[WebServer, Door]], url: str) -> dict[str, float]:
    """Return CPU milliseconds a request for each side, asked one after the other."""
    return {name: _cost(server, door, url) for name, (server, door) in sides.items()}


def _cost(server: WebServer, door: Door, url: str) -> float:
    door.open()
    before = server.cpu_seconds()
    for _ in range(REQUESTS):
        door.get(url)
    return (server.cpu_seconds() - before) * 1000 / REQUESTS


def _tell(table: Table, rounds: list[dict[str, float]], side: str) -> None:
    for name in rounds[0]:
        table.tell(f"S1 {name}{side}", f"{median(each[name] for each in rounds):.3f} ms")
    for name in INTERFACES:
        times = median(each["kept"] / each[name] for each in rounds)
        what = f"S1 kept{side}, against a bare app by {name.upper()}"
        table.at_most(what, times, MOST_TIMES_DEARER, "times")


def _tell_of_memory(server: WebServer, url: str, table: Table) -> None:
    table.tell("S9 web server, before it is filled", f"{_megabytes(server):.0f} MB")
    doors = [Door(server.port) for _ in range(4 * PROCESSES)]
    size = len(doors[0].get(url))
    for number in range(1, 2 * PROCESSES * settings.PAGE_CACHE // size):
        doors[number % len(doors)].get(f"{url}?after={number}")
    table.at_most("S9 web server, page cache full", _megabytes(server), MOST_MEGABYTES, "MB")


def _megabytes(server: WebServer) -> float:
    """Return the memory of all its processes; what they share counts once."""
    rolled = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes_of(server.running.pid))
    return sum(int(PRIVATE.search(each)[1]) for each in rolled) * 1024 / MEGABYTE

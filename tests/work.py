"""
How much work a request makes: processor time, at the pace of a quiet machine.

A busy neighbour on the same processor, or an older one, makes every line slower by the same factor. So each
time is divided by what a fixed piece of work takes just then, beside what it took where the limits were set.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.own_site import nanoseconds, processes_of
from tests.served import HOST, web_server

MOST_SECONDS = 0.1  # of processor time for whatever a stranger may send
USUAL_SECONDS = 0.004  # of processor time for the fixed piece of work, on a quiet machine


@dataclass(frozen=True, slots=True)
class Site:
    port: int
    pid: int

    def answer(self, request: bytes) -> int:
        """Send some bytes; return the status of what comes back."""
        with socket.create_connection((HOST, self.port), timeout=30) as line:
            with suppress(ConnectionError):  # it may be refused before the last of them is sent
                line.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            start = line.recv(4096)
            with suppress(ConnectionError):
                while line.recv(65536):  # up to the end, which comes when nothing is left to do
                    pass
        return int(start[9:12])

    def work(self, request: bytes, times: int = 5) -> tuple[float, int]:
        """Return the least processor time that a request took, at the usual pace, and the last status."""
        took = []
        for _ in range(times):
            before = self.processor_time()
            status = self.answer(request)
            took.append(at_usual_pace(self.processor_time() - before))
            if took[-1] < MOST_SECONDS / 2:
                break
        return min(took), status

    def processor_time(self) -> float:
        """Return what all processes of the server have used so far, in seconds."""
        return sum(map(nanoseconds, processes_of(self.pid))) / 1e9


@contextmanager
def serving(log: Path) -> Iterator[Site]:
    with web_server(log) as site:
        yield Site(site.port, site.process.pid)


def at_usual_pace(seconds: float) -> float:
    """Return what this much processor time, spent just now, would have been on a quiet machine."""
    if seconds < MOST_SECONDS / 2:
        return seconds  # far from any limit
    start = time.thread_time()
    for _ in range(5):
        _fixed_work()
    return seconds / max(1, (time.thread_time() - start) / (5 * USUAL_SECONDS))


def _fixed_work() -> int:
    words = (b"name=value; " * 20_000).split(b" ")
    return len({word + b"%d" % number for number, word in enumerate(words)})

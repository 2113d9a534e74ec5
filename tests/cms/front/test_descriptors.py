"""A server whose processes may open few files: the limit is raised as far as it may be, and none spins."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from cms.management.web_server import PROCESSES
from tests.cms.front.test_front import READER_WAITS_AT_MOST, connect, longest_wait
from tests.served import web_server
from tests.work import Site

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

WATCHED = 2.0  # seconds
FEW = 640


@contextmanager
def crowded(log: Path, files: tuple[int, int], clients: int) -> Iterator[Site]:
    """A site that so many clients have connected to, and say nothing."""
    with web_server(log, files) as served, ExitStack() as lines:
        for _ in range(clients):
            lines.enter_context(connect(served.port, b""))
        yield Site(served.port, served.process.pid)


def test_a_low_limit_is_raised_as_far_as_it_may_be(post, tmp_path):
    with crowded(tmp_path / "log", (256, 4096), clients=PROCESSES * 256 + 100) as site:
        assert longest_wait(site.port, for_seconds=WATCHED) <= READER_WAITS_AT_MOST


def test_where_it_may_not_clients_wait_and_no_process_spins(post, tmp_path):
    with crowded(tmp_path / "log", (FEW, FEW), clients=PROCESSES * FEW + 100) as site:
        before = site.processor_time()
        with pytest.raises(TimeoutError), socket.create_connection(("127.0.0.1", site.port)) as line:
            line.settimeout(WATCHED)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            line.recv(1)
        assert site.processor_time() - before < WATCHED / 10

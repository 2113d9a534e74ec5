"""The site in processes of its own, as `manage.py serve` runs it, on the database of a test that commits."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from tests.smtp_peer import free_port

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
ANSWERS_WITHIN = 60.0  # seconds


class Served(NamedTuple):
    port: int
    process: subprocess.Popen


@contextmanager
def web_server(log: Path, files: tuple[int, int] | None = None, **variables: str) -> Iterator[Served]:
    """
    Serve the site. Fails when it answered any request with 500.

    ``files`` are the soft and the hard limit of what its processes may open.
    """
    port = free_port()
    env = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "TEST_DATA_DIR": str(settings.DATA_DIR),
        **variables,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.served", str(port)),
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
            preexec_fn=partial(setrlimit, RLIMIT_NOFILE, files or getrlimit(RLIMIT_NOFILE)),  # noqa: PLW1509 -- no thread runs
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield Served(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert "Internal Server Error" not in log.read_text(), log.read_text()


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    place = f"{database['HOST']}:{database['PORT']}" if database["HOST"] else ""
    return f"postgres://{database['USER']}@{place}/{database['NAME']}"


def _wait_until_it_answers(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN
    while not _answers(port):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _answers(port: int) -> bool:
    door = HTTPConnection(HOST, port, timeout=5)
    try:
        door.request("GET", "/healthz")
        return door.getresponse().status == 200
    except OSError:
        return False
    finally:
        door.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    import django

    django.setup()
    from cms.management import web_server as server

    server.load()
    server.serve(HOST, int(sys.argv[1]))

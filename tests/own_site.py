"""A site that stands for one measurement only: its directory, its database, its processes. Nothing stays."""

import http.client
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.core.management import call_command
from psycopg import sql

from cms.management import web_server
from cms.management.children import live
from tests.smtp_peer import free_port

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
ANSWERS_WITHIN = 60.0  # seconds
KEPT_FROM_THE_SHELL = ("PATH", "HOME", "LANG", "DATA_DIR", "DATABASE_URL", "PORT", "VIRTUAL_ENV")
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.loaded_site"])
FAULT = "Internal Server Error"  # as Django's log has it
WORKER = partial(call_command, "deliver")


@contextmanager
def place(purpose: str, *, template: str = "", **variables: str) -> Iterator[Path]:
    """
    Point this process, and all it starts, at a directory and a database of their own.

    The directory is below DATA_DIR, so that it is on the disk a site would use; the database is on the server
    of DATABASE_URL, or SQLite. Both are removed at the end. ``template`` is a migrated database to begin
    with: a file of SQLite or a name. To be entered before Django is set up.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is removed then, too
    parent = Path(os.environ.get("DATA_DIR") or ROOT / "var").absolute()
    parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f"{purpose}-", dir=parent, ignore_cleanup_errors=True) as folder,
        _own_database(os.environ.get("DATABASE_URL", ""), purpose, template) as url,
    ):
        if template and not url:
            shutil.copyfile(template, Path(folder, "db.sqlite3"))
        port = os.environ.get("PORT") or str(free_port())
        _set_environment(DATA_DIR=folder, DATABASE_URL=url, PORT=port, **variables)
        yield Path(folder)


def _set_environment(**variables: str) -> None:
    kept = {name: os.environ[name] for name in KEPT_FROM_THE_SHELL if name in os.environ}
    os.environ.clear()
    os.environ.update({**kept, **variables})


@contextmanager
def _own_database(url: str, purpose: str, template: str) -> Iterator[str]:
    """Make a database beside the one that is named; the empty URL is SQLite in DATA_DIR."""
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"cms_{purpose}_{token_hex(4)}"
    own, model = sql.Identifier(name), sql.Identifier(template or "template1")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(own, model))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


class Process:
    """
    One process of the site with all it starts, in a group of its own. What it says goes to a file.

    It is forked from one that has loaded the site, as `manage.py serve` does it.
    """

    def __init__(self, target: Callable[..., None], log: Path, *given: Any) -> None:
        self.target = target
        self.log = log
        self.given = given
        self.running: BaseProcess | None = None

    def start(self) -> None:
        self.log.touch()  # it may be read before the process has come to say anything
        self.running = FORKS.Process(target=live, args=(say_to, self.log, self.target, *self.given))
        self.running.start()

    def kill(self) -> None:
        """SIGKILL to the whole group: nothing is finished, nothing is said."""
        self.running.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.join()

    def stop(self) -> None:
        """SIGTERM, and the end of what is left after 20 seconds."""
        self.running.terminate()
        self.running.join(20)
        self.kill()

    def cpu_seconds(self) -> float:
        """Return the processor time of the whole tree so far."""
        return sum(map(nanoseconds, processes_of(self.running.pid))) / 1e9

    def require_alive(self) -> None:
        assert self.running.exitcode is None, self.log.read_text()

    def require_no_fault(self) -> None:
        """Fail when any request was answered with 500. What is away is a 503."""
        faults = [line for line in self.log.read_text().splitlines() if FAULT in line]
        assert not faults, f"{self.log.name}: {faults[:10]}"


def say_to(log: Path, target: Callable[..., None], *given: Any) -> None:
    """Do what a child is there for, with a file for its words."""
    with log.open("a") as output:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(output.fileno(), stream.fileno())
    target(*given)


class WebServer(Process):
    """What `manage.py serve` starts, on PORT or another one."""

    def __init__(self, log: Path, port: int = 0) -> None:
        self.port = port or int(os.environ["PORT"])
        super().__init__(web_server.serve, log, HOST, self.port)

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + ANSWERS_WITHIN
        while not self.answers():
            self.require_alive()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def answers(self) -> bool:
        door = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            door.request("GET", "/healthz")
            return door.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            door.close()


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start processes, wait for the server among them, and stop them all."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            if isinstance(process, WebServer):
                process.wait_until_it_answers()
        yield
        for process in processes:
            process.require_no_fault()
    finally:
        for process in processes:
            if process.running:
                process.stop()


def processes_of(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listing.read_text().split():
            found += processes_of(int(child))
    return found


def nanoseconds(pid: int) -> int:
    """Return the processor time of the threads that a process has."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it has ended
            total += int((thread / "schedstat").read_text().split()[0])
    return total

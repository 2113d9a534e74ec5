"""`manage.py serve` as whoever types `make run` meets it: a process, a port, a signal."""

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.own_site import processes_of
from tests.smtp_peer import free_port

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "manage.py", "serve", "--no-demo")
STARTS_WITHIN = 120.0  # seconds; the first start migrates and compresses
MOST_MEMORY = 250  # megabytes, of web server and worker at rest (BAR S9)
SHARE = re.compile(r"^Pss: +(\d+) kB", re.MULTILINE)


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """SQLite in a directory of its own, whatever database the test run has."""
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "PORT": str(free_port()), **variables}


def refusal(data_dir: Path, **variables: str) -> str:
    """Return the one line that a start was refused with."""
    env = environment(data_dir, **variables)
    run = subprocess.run(COMMAND, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert run.returncode != 0
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    return line


def test_a_busy_port_is_told_in_one_line_and_nothing_is_prepared(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refusal(tmp_path, PORT=str(port))

    assert f"127.0.0.1, port {port}" in line
    assert "PORT" in line
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_that_is_read_only_is_told_in_one_line(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)

    line = refusal(tmp_path)

    assert line.startswith("manage.py: DATA_DIR must be ")
    assert "Permission denied" in line


def test_a_data_directory_that_cannot_be_made_is_told_in_one_line():
    assert refusal(Path("/proc/var")).startswith("manage.py: DATA_DIR must be ")


@pytest.mark.parametrize("user", ["cms", "cms:secret"])
def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path, user):
    line = refusal(tmp_path, DATABASE_URL=f"postgres://{user}@127.0.0.1:{free_port()}/cms")

    assert "The database cannot be used: " in line
    assert "secret" not in line


class Server:
    """A site that is being served, and what it has said so far."""

    def __init__(self, data_dir: Path, log: Path) -> None:
        self.log = log
        env = environment(data_dir)
        self.port = int(env["PORT"])
        with log.open("w") as output:
            self.process = subprocess.Popen(COMMAND, cwd=ROOT, env=env, stdout=output, stderr=output)

    def status(self, path: str) -> int:
        """Return 0 while nobody answers."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            door.request("GET", path)
            return door.getresponse().status
        except OSError:
            return 0
        finally:
            door.close()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def children(self) -> list[int]:
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listing.read_text().split()]

    def memory(self) -> int:
        """Return what all its processes take, in megabytes; what several share counts once."""
        shares = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes_of(self.process.pid))
        return sum(int(SHARE.search(each).group(1)) for each in shares) // 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "var", tmp_path / "log")
    yield server
    server.process.terminate()
    server.process.wait(timeout=30)


def test_an_empty_directory_becomes_a_site_that_is_ready_and_stops_at_ctrl_c(server):
    server.wait_for(lambda: server.status("/healthz") == 200)
    server.wait_for(lambda: server.status("/readyz") == 200)
    server.wait_for(lambda: f"Serving http://localhost:{server.port}/" in server.log.read_text())
    assert server.status("/") == 200
    children = server.children()
    assert len(children) == 2
    assert server.memory() <= MOST_MEMORY

    server.process.send_signal(signal.SIGINT)

    assert server.process.wait(timeout=30) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    with socket.create_server(("127.0.0.1", server.port)):
        pass
    assert "Traceback" not in server.log.read_text()

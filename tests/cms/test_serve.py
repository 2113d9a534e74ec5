"""`manage.py serve` as whoever types `make run` meets it: a process, a port, a signal."""

import http.client
import os
import pty
import re
import select
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
END_OF_INPUT = "\x04"
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
    assert [server.status(path) for path in ("/", "/blog/", "/contact/", "/privacy/")] == [200] * 4
    assert "Preparing the database …\n" in server.log.read_text()
    assert "Collecting static files …\n" in server.log.read_text()
    assert "Nobody can log in yet." in server.log.read_text()
    children = server.children()
    assert len(children) == 2
    assert server.memory() <= MOST_MEMORY

    server.process.send_signal(signal.SIGINT)

    assert server.process.wait(timeout=30) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    with socket.create_server(("127.0.0.1", server.port)):
        pass
    assert "Traceback" not in server.log.read_text()


class Terminal:
    """A first start as somebody at a terminal sees it."""

    def __init__(self, data_dir: Path, *options: str, **variables: str) -> None:
        self.said, self.mark = "", 0
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            (*COMMAND[:-1], *options),
            cwd=ROOT,
            env=environment(data_dir, **variables),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def wait_for(self, words: str) -> None:
        """Read until it says this, after what was waited for before."""
        deadline = time.monotonic() + STARTS_WITHIN
        while (found := self.said.find(words, self.mark)) < 0:
            assert time.monotonic() < deadline, self.said
            if select.select([self.ours], [], [], 1)[0]:
                try:
                    self.said += os.read(self.ours, 4096).decode()
                except OSError as error:  # it has ended
                    raise AssertionError(self.said) from error
        self.mark = found + len(words)

    def answer(self, words: str) -> None:
        os.write(self.ours, words.encode())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        os.close(self.ours)


@pytest.fixture
def terminals() -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*given: object, **variables: str) -> Terminal:
        started.append(Terminal(*given, **variables))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_somebody_at_a_terminal_is_asked_and_may_go_away(terminals, tmp_path):
    terminal = terminals(tmp_path)
    terminal.wait_for("demo clinic? [Y/n]")

    terminal.answer(END_OF_INPUT)

    terminal.wait_for("Nothing was answered. Use --demo or --no-demo.")
    assert terminal.process.wait(timeout=30) != 0


@pytest.mark.parametrize(("options", "variables"), [(("--no-demo",), {}), ((), {"DEMO": "off"})])
def test_who_has_decided_is_not_asked(terminals, tmp_path, options, variables):
    terminal = terminals(tmp_path, *options, **variables)
    terminal.wait_for("Preparing the database")

    assert "[Y/n]" not in terminal.said


@pytest.mark.long
def test_who_wants_no_demo_makes_the_first_log_in_there_and_is_not_asked_again(terminals, tmp_path):
    terminal = terminals(tmp_path)
    terminal.wait_for("[Y/n]")
    terminal.answer("n\n")
    terminal.wait_for("Your log-in")
    terminal.answer("ann\n")
    terminal.wait_for("Password: ")
    terminal.answer("password2026\n")
    terminal.wait_for("too common")
    terminal.wait_for("Password: ")
    terminal.answer("osier-brook-42-mill\n")
    terminal.wait_for("The same again: ")
    terminal.answer("osier-brook-42-mill\n")
    terminal.wait_for("Making the first pages")
    terminal.wait_for("Serving http://")
    assert "Nobody can log in" not in terminal.said
    assert "osier-brook" not in terminal.said
    terminal.process.terminate()
    terminal.process.wait(timeout=30)

    again = terminals(tmp_path)
    again.wait_for("Serving http://")
    assert "[Y/n]" not in again.said

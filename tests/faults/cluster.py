"""A PostgreSQL server of our own, on a disk of its own: it may crash, and the disk may be full."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from errno import ENOSPC
from pathlib import Path

from tests.smtp_peer import free_port

PROGRAMS = Path("/usr/lib/postgresql")  # where Debian keeps them, a folder for each version
SUPERUSER = "postgres"
SIZE = "256m"  # of the disk
SEGMENT = "--wal-segsize=1"  # MB: the log of what is written soon wants a new file, too
OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_wal_size=8MB -c min_wal_size=2MB"
BLOCK = 8192  # bytes


class NoServerError(Exception):
    """Why there can be none of our own on this machine."""


class Cluster:
    """``own_disk`` says whether its disk can be filled without harm to others."""

    def __init__(self, folder: Path, programs: Path, owner: pwd.struct_passwd, *, own_disk: bool) -> None:
        self.folder, self.programs, self.owner, self.own_disk = folder, programs, owner, own_disk
        self.port = free_port()
        self.url = f"postgres://{SUPERUSER}@127.0.0.1:{self.port}/{SUPERUSER}"

    def make(self) -> None:
        self._run(
            "initdb", "--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale", SEGMENT
        )

    def start(self) -> None:
        log, options = str(self.folder.parent / "postgres.log"), f"-p {self.port} {OPTIONS}"
        self._run("pg_ctl", "start", "--wait", "--log", log, "--options", options)

    def crash(self) -> None:
        """End it in the middle of whatever it does; it mends itself at the next start."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    @property
    def runs(self) -> bool:
        return self._ran("pg_ctl", "status").returncode == 0

    @contextmanager
    def no_room(self) -> Iterator[None]:
        """Fill the disk to its last byte, and make room again."""
        ballast = self.folder / "ballast"
        try:
            _fill(ballast)
            yield
        finally:
            ballast.unlink()

    def _run(self, program: str, *arguments: str) -> None:
        ran = self._ran(program, *arguments)
        assert ran.returncode == 0, f"{program}: {ran.stderr}"

    def _ran(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs as the owner: none of them wants to be root."""
        command = [self.programs / program, "-D", self.folder / "data", *arguments]
        account = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        as_owner = account if os.geteuid() == 0 else {}
        return subprocess.run(command, check=False, cwd="/", capture_output=True, text=True, **as_owner)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Make a server and start it; nothing of it stays. Raises NoServerError."""
    programs, owner = _programs(), _owner()
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="cluster-")))
        disk = folder / "disk"
        disk.mkdir()
        own_disk = _mount(disk)
        if own_disk:
            until_the_end.callback(subprocess.run, ["umount", "--lazy", disk], check=True)
        for each in (folder, disk):
            os.chown(each, owner.pw_uid, owner.pw_gid)
        cluster = Cluster(disk, programs, owner, own_disk=own_disk)
        cluster.make()
        until_the_end.callback(lambda: cluster.runs and cluster.crash())
        cluster.start()
        yield cluster


def _programs() -> Path:
    versions = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if not versions:
        raise NoServerError(f"no initdb below {PROGRAMS}")
    return versions[-1].parent


def _owner() -> pwd.struct_passwd:
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SUPERUSER)
    except KeyError:
        raise NoServerError(f"we are root, and there is no account {SUPERUSER}") from None


def _mount(disk: Path) -> bool:
    """Return whether there is a small disk at this place now: only root may put one there."""
    if os.geteuid() or not shutil.which("mount"):
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "faults", str(disk)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _fill(ballast: Path) -> None:
    """Write until there is no room."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(BLOCK))
        except OSError as error:
            if error.errno != ENOSPC:
                raise

"""
A snapshot of the database while others write, and its return.

`VACUUM INTO` reads one state of SQLite, however many write meanwhile; `sqlite3 .backup` begins anew at each
of their writes. PostgreSQL's own tools do the same for it.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection

WAITS = 20.0  # seconds for a lock of SQLite
TOOLS = ("pg_dump", "pg_restore", "psql")
OPTIONS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "service", "options", "connect_timeout"}
EMPTY_SCHEMA = ("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public")


class Sqlite:
    """The snapshot is a database of its own, with no log beside it."""

    @property
    def file(self) -> Path:
        return Path(connection.settings_dict["NAME"])

    def refuse_missing_tools(self) -> None:
        """There are none."""

    def snapshot(self, target: Path) -> None:
        """The connection must be one that may write: otherwise SQLite refuses our generated column."""
        try:
            with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=rw", timeout=WAITS, uri=True)) as source:
                source.execute("VACUUM INTO ?", [str(target)])
        except sqlite3.Error as error:
            raise CommandError(f"The database could not be copied: {error}.") from error
        self.check(target, "quick_check")  # its indexes were built anew just now

    def check(self, copy: Path, how: str = "integrity_check") -> None:
        """Raises CommandError for a file that is no whole database."""
        try:
            with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as database:
                found = database.execute(f"PRAGMA {how}(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = str(error)
        if found != "ok":
            raise CommandError(f"The copy of the database is damaged: {found}")

    def is_empty(self) -> bool:
        return not self.file.exists() or not connection.introspection.table_names()

    def refuse_others(self) -> None:
        """Every command of manage.py but `restore` holds the site's lock."""

    def load(self, copy: Path, aside: Path) -> None:
        """Move the old one and its log away together, and the copy into its place."""
        connection.close()
        for ending in ("", "-wal", "-shm", "-journal"):
            old = self.file.with_name(self.file.name + ending)
            if old.exists():
                shutil.move(old, aside / old.name)
        copy.chmod(0o600)
        shutil.move(copy, self.file)


class Postgres:
    """The snapshot is an archive of pg_dump."""

    def refuse_missing_tools(self) -> None:
        """Raises CommandError where a tool is missing or older than the server."""
        connection.ensure_connection()
        server = connection.pg_version // 10000  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
        for tool in TOOLS:
            if not shutil.which(tool):
                raise CommandError(f"{tool} was not found. Install the client of PostgreSQL {server}.")
            said = re.findall(r"\d+", run([tool, "--version"]))[0]
            if int(said) < server:
                older = f"{tool} is of PostgreSQL {said}, the server of {server}"
                raise CommandError(f"{older}. Install the client of PostgreSQL {server} or newer.")

    def snapshot(self, target: Path) -> None:
        run(["pg_dump", "--format=custom", "--compress=1", "--no-owner", "--no-acl", f"--file={target}"])
        self.check(target)

    def check(self, copy: Path) -> None:
        run(["pg_restore", "--list", str(copy)])

    def is_empty(self) -> bool:
        return not connection.introspection.table_names()

    def refuse_others(self) -> None:
        """Raises CommandError while anyone else is connected: a web server on another machine, above all."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            others = cursor.fetchone()[0]
        if others:
            raise CommandError(
                f"The database is in use ({others} other connections). Stop every `manage.py serve` and"
                " `manage.py deliver` on every machine, then restore."
            )

    def load(self, copy: Path, aside: Path) -> None:
        """In one transaction: a failure leaves the database as it was."""
        cleared = [] if self.is_empty() else [f"--command={statement}" for statement in EMPTY_SCHEMA]
        connection.close()
        script = copy.with_name("database.sql")
        run(["pg_restore", "--no-owner", "--no-acl", f"--file={script}", str(copy)])
        command = ["psql", "--single-transaction", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        run([*command, "--output=/dev/null", *cleared, f"--file={script}"])


def run(command: Sequence[str]) -> str:
    """Raises CommandError with the last line that a tool said."""
    env = os.environ | postgres_environment()
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, errors="replace")  # noqa: S603 -- the names of tools are ours
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise CommandError(f"{command[0]} failed: {lines[-1]}")
    return done.stdout


def postgres_environment() -> dict[str, str]:
    """How the tools of PostgreSQL find the database; a password on a command line can be seen by all."""
    found = connection.settings_dict
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    said = {variable: str(found[name]) for name, variable in names.items() if found.get(name)}
    given = {f"PG{name.upper()}": str(value) for name, value in found["OPTIONS"].items() if name in OPTIONS}
    return said | given


def database() -> Sqlite | Postgres:
    return Postgres() if connection.vendor == "postgresql" else Sqlite()

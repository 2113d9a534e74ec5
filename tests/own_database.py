"""A database that no other test has and in which nothing was migrated yet, for the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def empty_database(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """The default connection leads to it until the end: a migration asks for no other one."""
    usual = connection.settings_dict["NAME"]
    postgres = connection.vendor == "postgresql"
    name = f"{usual}_{token_hex(4)}" if postgres else folder / "db.sqlite3"
    if postgres:
        run(f'CREATE DATABASE "{name}"')
    try:
        lead_to(name)
        yield connection
    finally:
        lead_to(usual)
        if postgres:
            run(f'DROP DATABASE "{name}" WITH (FORCE)')


def lead_to(name: str | Path) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

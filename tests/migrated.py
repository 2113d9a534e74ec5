"""
The migrated database that a test run begins with: half a minute's work, done once and copied.

`python -m tests.migrated PLACE` makes one, `--remove` takes it away; PLACE is a file of SQLite, or the name
of a database on the server of DATABASE_URL. A run that is given PLACE in TEST_TEMPLATE copies it, once for
each of its processes. Any other migrates by itself.
"""

import argparse
import os
import shutil
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from tests.own_database import lead_to, run

TEMPLATE = os.environ.get("TEST_TEMPLATE", "")


def begin_with_template() -> bool:
    """Put a copy where Django expects its test database; return whether it is there already to be kept."""
    test = connection.settings_dict["TEST"]
    if TEMPLATE and connection.vendor == "postgresql":
        test["TEMPLATE"] = TEMPLATE
    return copy_to(test["NAME"])


def copy_to(file: Path | str) -> bool:
    """Copy a template of SQLite; without one a site that begins with this file has to migrate."""
    there = bool(TEMPLATE) and connection.vendor == "sqlite"
    if there:
        shutil.copy(TEMPLATE, file)
    return there


def make(place: str) -> None:
    remove(place)
    if connection.vendor == "postgresql":
        run(f'CREATE DATABASE "{place}"')
    else:
        Path(place).parent.mkdir(exist_ok=True)
    lead_to(place)
    call_command("migrate", verbosity=0)
    connection.close()


def remove(place: str) -> None:
    if connection.vendor == "postgresql":
        run(f'DROP DATABASE IF EXISTS "{place}" WITH (FORCE)')
    else:
        Path(place).unlink(missing_ok=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    django.setup()
    parser = argparse.ArgumentParser(prog="tests.migrated")
    parser.add_argument("place")
    parser.add_argument("--remove", action="store_true")
    asked = parser.parse_args()
    (remove if asked.remove else make)(asked.place)

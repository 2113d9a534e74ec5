"""`make faults` in short: eight rounds of it, and the outages, each on a copy of the test database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.own_site import ROOT

ROUNDS = 8


@pytest.fixture
def template(transactional_db, tmp_path: Path) -> str:
    """The migrated test database as it can be copied: a file, or a name that nobody is connected to."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        connection.close()
        return name
    copy = tmp_path / "template.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    return str(copy)


def faults(rounds: int, template: str, folder: Path) -> str:
    """Run them in a process of their own; return what they told. Fails when something was lost."""
    command = [sys.executable, "-m", "tests.faults", "--rounds", str(rounds), "--template", template]
    variables = {**os.environ, "DATA_DIR": str(folder), "PORT": ""}
    run = subprocess.run(command, check=False, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.django_db(transaction=True)
def test_nothing_accepted_is_lost_when_processes_are_killed_under_load(template, tmp_path):
    assert "Everything accepted is there, once." in faults(ROUNDS, template, tmp_path)


@pytest.mark.django_db(transaction=True)
def test_nor_when_cache_disk_database_and_worker_go_away_and_the_site_recovers_by_itself(template, tmp_path):
    told = faults(0, template, tmp_path)

    assert told.count("Well again by itself.") >= 2
    assert "Everything accepted is there, once." in told

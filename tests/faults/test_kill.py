"""`make faults` in short: eight rounds of it, and the outages, each on a copy of the test database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.own_site import ROOT

ROUNDS = 8
MEGABYTES = 8  # of the database that is backed up; `make faults` takes 120


def faults(rounds: int, template: str, folder: Path, *more: str) -> str:
    """Run them in a process of their own; return what they told. Fails when something was lost."""
    command = [sys.executable, "-m", "tests.faults", "--rounds", str(rounds), "--template", template, *more]
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


@pytest.mark.django_db(transaction=True)
def test_a_backup_under_load_holds_what_was_acknowledged_before_it_and_makes_nobody_wait(template, tmp_path):
    told = faults(0, template, tmp_path, "--backup", str(MEGABYTES))

    assert "Everything acknowledged before is in it, whole." in told

"""`make threads` in short, on a copy of the test database."""

import os
import subprocess
import sys

import pytest

from tests.own_site import ROOT

SECONDS = 6


@pytest.mark.django_db(transaction=True)
def test_the_words_of_pages_that_eight_editors_write_at_once_stay_apart(template, tmp_path):
    command = [sys.executable, "-m", "tests.threads", "--seconds", str(SECONDS), "--template", template]
    variables = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": ""}
    run = subprocess.run(command, check=False, cwd=ROOT, env=variables, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Every word is in its own place." in run.stdout

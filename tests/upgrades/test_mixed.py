"""What `make lint` refuses of a migration."""

import subprocess
import sys

import pytest
from django.db import migrations, models
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState

from tests.own_site import ROOT
from tests.upgrades import mixed

COLUMN = migrations.AddField("message", "state", models.CharField(max_length=8, default="new"))
OPTIONS = migrations.AlterModelOptions("message", {"ordering": ("pk",)})


def fill(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        apps.get_model("home_contact", "ContactMessage").objects.update(state="new")


def fill_elsewhere(apps, schema_editor):
    words(apps)


def words(apps):
    apps.get_model("home_contact", "ContactMessage").objects.update(words="")


def alter(apps, schema_editor):
    schema_editor.execute("CREATE INDEX words ON message (words)")


def alter_and_fill(apps, schema_editor):
    schema_editor.execute("ALTER TABLE message ADD words text")
    fill(apps, schema_editor)
    apps.get_model("home_contact", "ContactMessage").objects.update(words="")


def migration(*operations) -> Migration:
    made = Migration("0009_made_up", "home_contact")
    made.operations = operations
    return made


@pytest.mark.parametrize(
    "operations",
    [
        (COLUMN, RunPython(fill)),
        (RunPython(fill_elsewhere, RunPython.noop), migrations.RemoveField("message", "spam")),
        (COLUMN, RunSQL("UPDATE message SET state = 'spam'")),
        (RunSQL("ALTER TABLE message ADD state text; update message set state = ''"),),
        (COLUMN, RunSQL([("DELETE FROM message WHERE id = %s", [1])])),
        (SeparateDatabaseAndState([RunPython(fill), COLUMN]),),
        (RunPython(alter_and_fill),),
        (RunPython(alter), RunPython(fill)),
    ],
)
def test_rows_and_tables_in_one_migration_are_refused(operations):
    assert mixed.is_mixed(migration(*operations))


@pytest.mark.parametrize(
    "operations",
    [
        (RunPython(fill), RunPython(fill_elsewhere), OPTIONS),
        (COLUMN, OPTIONS, RunPython(RunPython.noop, RunPython.noop)),
        (COLUMN, RunPython(alter)),
        (RunSQL("UPDATE message SET state = ''"), SeparateDatabaseAndState(state_operations=[COLUMN])),
        (COLUMN, RunSQL("CREATE INDEX words ON message (words); DROP INDEX old")),
    ],
)
def test_either_alone_is_taken(operations):
    assert not mixed.is_mixed(migration(*operations))


def test_the_migrations_there_are_pass():
    """As `make lint` runs it."""
    command = [sys.executable, "-m", "tests.upgrades.mixed"]
    run = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_one_that_is_refused_is_named_with_what_to_do(monkeypatch, capsys):
    bad = migration(COLUMN, RunPython(fill))
    monkeypatch.setattr(mixed, "own_migrations", lambda: [(("home_contact", "0009_made_up"), bad)])

    assert mixed.main() == 1
    assert "home_contact.0009_made_up changes rows and tables. Split it" in capsys.readouterr().err

"""Sessions of a version that kept what the cookies hold end with the upgrade."""

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cms.outbox import chores
from cms.sessions.models import Session
from tests.upgrades.test_upgrades import migrate_to

OLD_TABLE = """
    CREATE TABLE django_session (
        session_key varchar(40) NOT NULL PRIMARY KEY,
        session_data text NOT NULL,
        expire_date timestamp NOT NULL
    )
"""


def old_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        return cursor.fetchone()[0]


def add_old_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES (%s, %s, %s)", ["k" * 32, "", timezone.now()])


def test_no_key_of_an_old_session_is_left_and_old_processes_find_their_table(empty_database):
    migrate_to(("cms_sessions", "0001_initial"))
    with connection.cursor() as cursor:
        cursor.execute(OLD_TABLE)
    add_old_row()
    assert old_rows() == 1
    call_command("migrate", verbosity=0)

    assert old_rows() == 0
    assert not Session.objects.exists()
    add_old_row()
    next(clock for clock in chores.clocks() if clock.name == "empty django_session").strike()
    assert old_rows() == 0

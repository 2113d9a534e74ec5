"""Nobody but the account that runs the site reads its database, secrets and mail, whatever the umask."""

import errno
import os
import stat
from pathlib import Path

import pytest
from django.core.mail import send_mail
from django.core.management import call_command

from cms.storage import private_files
from cms.storage.sqlite.base import DatabaseWrapper

SETTINGS = {
    "ENGINE": "cms.storage.sqlite",
    "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
    "AUTOCOMMIT": True,
    "TIME_ZONE": None,
    "CONN_HEALTH_CHECKS": False,
    "CONN_MAX_AGE": None,
}


pytestmark = pytest.mark.django_db  # pytest-django lets nobody else open a database


@pytest.fixture(autouse=True)
def _careless_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def modes(folder: Path) -> dict[str, str]:
    return {path.name: mode(path) for path in folder.iterdir()}


def written(file: Path) -> DatabaseWrapper:
    """A connection that has written: the log and its index lie beside the database."""
    database = DatabaseWrapper({"NAME": file, **SETTINGS})
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS words (word)")
        cursor.execute("INSERT INTO words VALUES ('hush')")
    return database


def test_a_database_is_its_owners_from_the_start_with_all_beside_it(tmp_path, caplog):
    database = written(tmp_path / "db.sqlite3")

    expected = dict.fromkeys(("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"), "600")
    assert modes(tmp_path) == expected
    database.close()
    assert caplog.text == ""


def test_one_that_was_open_is_closed_at_the_next_start_and_told_once(tmp_path, caplog):
    file = tmp_path / "db.sqlite3"
    old = written(file)
    for path in tmp_path.iterdir():
        path.chmod(0o644)

    written(file).close()
    written(file).close()

    assert set(modes(tmp_path).values()) == {"600"}
    old.close()
    assert caplog.text.count("was open to others (mode 644): it has mode 600 now") == 3
    assert str(tmp_path) not in caplog.text


@pytest.mark.parametrize("number", [errno.EROFS, errno.EOPNOTSUPP, errno.EPERM, None])
def test_what_cannot_be_closed_is_used_all_the_same_and_told_of_once(tmp_path, caplog, monkeypatch, number):
    """A disk may be read-only, know no modes, or forget them without a word."""
    file = tmp_path / "db.sqlite3"
    file.touch()
    file.chmod(0o644)

    def chmod(path: Path, mode: int) -> None:
        if number:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "chmod", chmod)
    for _ in range(3):
        private_files.close(file, private_files.FILE)

    assert caplog.text.count("db.sqlite3 is open to others and cannot be closed") == 1
    assert "was open" not in caplog.text


def test_a_database_in_memory_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = DatabaseWrapper({"NAME": ":memory:", **SETTINGS})
    database.ensure_connection()
    database.close()

    assert list(tmp_path.iterdir()) == []


def test_directories_are_closed_by_the_worker_before_the_first_mail(tmp_path, settings, caplog):
    settings.DATA_DIR, settings.EMAIL_FILE_PATH = tmp_path, tmp_path / "mail"
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    for name in ("secrets", "attachments", "backups"):
        (tmp_path / name).mkdir(mode=0o755)
    send_mail("Subject", "Words", None, ["ann@example.org"])

    call_command("deliver", once=True)

    assert {name: modes(tmp_path)[name] for name in private_files.DIRECTORIES} == dict.fromkeys(
        private_files.DIRECTORIES, "700"
    )
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert caplog.text.count("was open to others (mode 755): it has mode 700 now") == 3
    call_command("deliver", once=True)
    assert caplog.text.count("was open to others") == 3

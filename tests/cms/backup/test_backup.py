"""A site is backed up while it runs, and comes back on an empty machine."""

import os
import sqlite3
import stat
from contextlib import closing

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from blog.comments.models import Reader, ReaderComment
from cms.backup import databases, restoring
from cms.settings import environment
from home.contact import store
from home.contact.models import Attachment, ContactMessage
from tests import crawl
from tests.cms.backup.files import members, refusal, restore, with_manifest

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_comes_back_whole_on_an_empty_machine(site, backup, elsewhere):
    with elsewhere() as there:
        assert "Restored the site of " in restore(backup)

        assert Reader.objects.get().address == "Ann.Smith@example.org"
        assert ReaderComment.objects.get().comment == "What she said."
        assert ContactMessage.objects.get().reply_address == "ann@example.org"
        assert store.read(Attachment.objects.get().stored_as) == b"%PDF-1.7 of hers"
        assert (there / site.picture).read_bytes() == b"png" * 500_000
        call_command("migrate", check_unapplied=True, verbosity=0)
        assert stat.S_IMODE((there / "attachments" / site.attachment).stat().st_mode) == 0o600
        assert stat.S_IMODE((there / "attachments").stat().st_mode) == 0o700
        assert not [file for file in there.iterdir() if file.name.startswith(".")]


def test_what_came_back_can_be_backed_up_and_come_back_again(backup, elsewhere, tmp_path):
    with elsewhere():
        restore(backup)
        call_command("backup", str(tmp_path / "second.backup"))
    with elsewhere():
        restore(tmp_path / "second.backup")

        assert Reader.objects.get().address == "Ann.Smith@example.org"


def test_it_is_one_file_for_its_owner_alone_and_no_secret_is_in_it(site, backup, settings):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = backup.read_bytes()
    for secret in (settings.SECRET_KEY, *settings.ADDRESS_KEYS, "Ann.Smith@example.org"):
        assert crawl.leaks(content, [secret]) == [] if "@" in secret else secret.encode() not in content
    assert members(backup) == [
        "manifest.json",
        "database",
        f"attachments/{site.attachment}",
        f"{site.picture}",
        "checksums.txt",
    ]
    assert sorted(path.name for path in backup.parent.iterdir() if path.name.startswith(".")) == []


def test_the_keys_go_into_a_file_of_their_own_and_come_back_from_it(site, tmp_path, elsewhere, new_keys):
    keys = tmp_path / "site.keys"
    call_command("backup", str(tmp_path / "site.backup"), keys=keys)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    with elsewhere() as there:
        new_keys()
        os.environ.pop("ADDRESS_KEYS"), os.environ.pop("SECRET_KEY")
        said = restore(tmp_path / "site.backup", keys=keys)

        written = "".join((there / "secrets" / name).read_text() for name in ("secret_key", "address_keys"))
        assert [line.split("=", 1)[1] for line in keys.read_text().split()] == written.split()
        assert "log in again" not in said


@pytest.mark.parametrize("named", ["in the environment", "in a file"])
@pytest.mark.parametrize("name", ["SECRET_KEY", "ADDRESS_KEYS"])
def test_keys_in_use_are_not_exchanged(site, tmp_path, elsewhere, monkeypatch, named, name):
    keys, other = tmp_path / "site.keys", Fernet.generate_key().decode()
    call_command("backup", str(tmp_path / "site.backup"), keys=keys)
    with elsewhere() as there:
        os.environ.pop("ADDRESS_KEYS"), os.environ.pop("SECRET_KEY")
        kept = there / "secrets" / name.lower()
        if named == "in a file":
            kept.parent.mkdir()
            kept.write_text(other)
        else:
            os.environ[name] = other

        assert f"{name} is set to another value here" in refusal(tmp_path / "site.backup", keys=keys)

        assert (there / "secrets").exists() == kept.exists() == (named == "in a file")
        assert not kept.exists() or kept.read_text() == other


@pytest.mark.parametrize("full", ["database", "media"])
def test_keys_stay_once_their_database_is_in_place(site, tmp_path, elsewhere, new_keys, monkeypatch, full):
    """The first start of this process made keys, as on a new machine; then the disk is full."""
    keys = tmp_path / "site.keys"
    call_command("backup", str(tmp_path / "site.backup"), keys=keys)
    with elsewhere() as there:
        new_keys()
        os.environ.pop("ADDRESS_KEYS"), os.environ.pop("SECRET_KEY")
        secrets = [there / "secrets" / name for name in ("secret_key", "address_keys")]
        monkeypatch.setattr(environment, "MADE", list(secrets))
        monkeypatch.setattr(*FULL[full], refuse)
        with pytest.raises(CommandError, match="No space left"):
            restore(tmp_path / "site.backup", keys=keys)

        assert [path.exists() for path in secrets] == [full == "media"] * 2


FULL = {
    "database": (type(databases.database()), "load"),
    "media": (restoring, "move_below"),
}


def refuse(*arguments: object) -> None:
    raise OSError(28, "No space left on device")


def test_of_an_older_version_it_is_taken_and_of_another_secret_key_it_says_so(backup, elsewhere, settings):
    settings.SECRET_KEY = "another" * 10
    with elsewhere():
        assert "everyone has to log in again" in restore(with_manifest(backup, version="0.0.9"))


def test_a_site_that_is_there_is_replaced_when_that_is_said(site, backup, client, contact):
    client.post(contact.url, {"name": "Ben", "email": "ben@example.org", "message": "more words"})
    (site.folder / "media" / "later.png").write_bytes(b"later")
    assert "--replace" in refusal(backup)

    restore(backup, replace=True, noinput=True)

    assert ContactMessage.objects.get().reply_address == "ann@example.org"
    assert not (site.folder / "media" / "later.png").exists()
    assert (site.folder / site.picture).exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps a log beside its file")
def test_the_log_of_the_old_database_is_not_read_into_the_new_one(backup, elsewhere, tmp_path):
    """Another program, such as sqlite3, has the old one open, and so its log is there still."""
    with elsewhere():
        restore(backup)
        ContactMessage.objects.update(page_title="As it came back")
        call_command("backup", str(tmp_path / "second.backup"))
        file = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode = wal")
            other.execute("UPDATE home_contact_contactmessage SET page_title = 'Written since'")
            assert file.with_name(f"{file.name}-wal").stat().st_size
            restore(tmp_path / "second.backup", replace=True, noinput=True)

            assert ContactMessage.objects.get().page_title == "As it came back"
            connection.close()
        databases.database().check(file)


def test_a_backup_from_the_middle_of_a_rotation_needs_both_keys(
    site, tmp_path, new_keys, settings, elsewhere
):
    old = settings.ADDRESS_KEYS
    new_keys()
    settings.ADDRESS_KEYS, new = settings.ADDRESS_KEYS + old, settings.ADDRESS_KEYS
    call_command("backup", str(tmp_path / "a.backup"))
    with elsewhere():
        for keys in (old, new):
            settings.ADDRESS_KEYS = keys
            assert "sealed with another key" in refusal(tmp_path / "a.backup")
        settings.ADDRESS_KEYS = old + new
        restore(tmp_path / "a.backup")

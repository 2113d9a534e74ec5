import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from cms.keyring import guard
from home.contact import store
from home.contact.models import Attachment, ContactMessage
from tests.factories import CommentFactory
from tests.own_database import empty_database

Elsewhere = Callable[[], AbstractContextManager[Path]]


@pytest.fixture
def place(settings, tmp_path: Path) -> Path:
    """A directory of this test's own, for the files of its site."""
    return live_in(settings, tmp_path / "here")


def live_in(settings, folder: Path) -> Path:
    folder.mkdir()
    settings.DATA_DIR, settings.MEDIA_ROOT = folder, str(folder / "media")
    return folder


@pytest.fixture
def site(transactional_db, place, post, contact, client) -> SimpleNamespace:
    """A comment, a message with a file, a picture, and the canary of a first start."""
    guard.plant()
    CommentFactory(page=post, address="Ann.Smith@example.org", text="What she said.")
    client.post(contact.url, {"name": "Ann", "email": "ann@example.org", "message": "words"})
    made = put_files(place)
    message = ContactMessage.objects.get()
    Attachment.objects.create(
        message=message, name="hers.pdf", kind="pdf", size=16, stored_as=made.attachment
    )
    return made


@pytest.fixture
def backup(site, tmp_path: Path) -> Path:
    file = tmp_path / "site.backup"
    call_command("backup", str(file))
    return file


@pytest.fixture(scope="session")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """A backup of the database as all tests find it, with two files; made once, since it takes long."""
    folder = tmp_path_factory.mktemp("made")
    with override_settings(DATA_DIR=folder, MEDIA_ROOT=str(folder / "media")), django_db_blocker.unblock():
        put_files(folder)
        call_command("backup", str(folder / "site.backup"))
        connection.close()
    return folder / "site.backup"


def put_files(folder: Path) -> SimpleNamespace:
    (name,) = store.write([b"%PDF-1.7 of hers"])
    picture = folder / "media" / "original_images" / "Grüße 🌙.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"png" * 500_000)
    return SimpleNamespace(attachment=name, picture=picture.relative_to(folder), folder=folder)


@pytest.fixture
def plain_site(transactional_db, place) -> SimpleNamespace:
    """The same, to be backed up again."""
    return put_files(place)


@pytest.fixture(autouse=True)
def _same_environment(monkeypatch) -> None:
    for name in ("ADDRESS_KEYS", "SECRET_KEY"):
        monkeypatch.setenv(name, os.environ[name])


@pytest.fixture
def elsewhere(transactional_db, settings, tmp_path: Path) -> Elsewhere:
    """An empty DATA_DIR and database, as on a new machine, with the keys that a test says."""

    @contextmanager
    def there() -> Iterator[Path]:
        folder = live_in(settings, tmp_path / f"there-{len(list(tmp_path.iterdir()))}")
        with empty_database(folder):
            yield folder

    return there


@pytest.fixture
def new_keys(settings) -> Callable[[], None]:
    def use() -> None:
        settings.ADDRESS_KEYS = [Fernet.generate_key().decode()]
        settings.SECRET_KEY = "another" * 10

    return use

"""A database beside keys that are not its own: every door that could look healthy says so."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms import vault
from cms.keyring import guard
from cms.keyring.models import Canary
from cms.management import preparation
from cms.outbox import actions
from tests import crawl, migrated
from tests.cms.test_serve import ROOT, environment
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_keys(settings):
    def use(*, and_the_old: bool = False, behind: bool = False) -> None:
        new, old = [Fernet.generate_key().decode()], settings.ADDRESS_KEYS
        settings.ADDRESS_KEYS = (old + new if behind else new + old) if and_the_old else new

    return use


@pytest.fixture
def planted():
    guard.plant()
    return vault.fingerprints()[0]


@pytest.fixture
def old_site(post):
    """From before there was a canary: only what was sealed tells."""
    CommentFactory(page=post, address="ann@example.org")


def doors() -> dict[str, str]:
    """Return what each door that starts something says; empty is that it is content."""
    said = {}
    for name, door in {
        "serve": preparation.refuse_foreign_keys,
        "deliver": lambda: call_command("deliver", once=True),
        "check": lambda: call_command("check", databases=["default"], stderr=StringIO()),
        "migrate": lambda: call_command(
            "migrate", plan=True, verbosity=0, stdout=StringIO(), skip_checks=False
        ),
    }.items():
        try:
            said[name] = door() or ""
        except (CommandError, SystemCheckError) as refused:
            said[name] = str(refused)
    return said


def test_a_restore_without_its_keys_is_refused_by_every_door(planted, other_keys):
    other_keys()

    for door, said in doors().items():
        assert "ADDRESS_KEYS" in said, door
        assert planted in said, door


def test_so_is_a_site_from_before_there_was_a_canary(old_site, other_keys):
    other_keys()

    assert all("ADDRESS_KEYS" in said for said in doors().values())


@pytest.mark.parametrize("keys", [{}, {"and_the_old": True}, {"and_the_old": True, "behind": True}])
def test_the_right_key_is_content_wherever_it_is_in_the_list(planted, old_site, other_keys, keys):
    if keys:
        other_keys(**keys)

    assert set(doors().values()) == {""}


def test_an_empty_site_takes_any_key(other_keys):
    other_keys()

    assert set(doors().values()) == {""}
    assert not Canary.objects.exists()


def test_readyz_is_red_with_the_reason_and_writes_nothing(client, planted, other_keys):
    actions.report_alive("here:1")
    assert client.get("/readyz").status_code == 200
    other_keys()
    before = crawl.contents()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["keys"] is False
    assert "ADDRESS_KEYS" in answer.json()["reason"]
    assert planted not in answer.text
    assert crawl.contents() == before
    assert client.get("/healthz").status_code == 200


def test_the_catalogue_is_read_once_for_an_answer(planted):
    with CaptureQueriesContext(connection) as asked:
        assert guard.complaint() == ""

    assert len(asked) == 2


def test_rotation_brings_the_canary_along(planted, old_site, other_keys, settings):
    other_keys(and_the_old=True)
    call_command("rotate_address_keys", stdout=StringIO())

    settings.ADDRESS_KEYS = settings.ADDRESS_KEYS[:1]
    assert set(doors().values()) == {""}
    assert Canary.objects.get().fingerprint == vault.fingerprints()[0] != planted


def test_rotation_without_the_old_key_leaves_the_canary_to_complain(planted, other_keys):
    before = bytes(Canary.objects.get().sealed)
    other_keys()
    call_command("rotate_address_keys", stdout=StringIO())

    assert bytes(Canary.objects.get().sealed) == before
    assert "ADDRESS_KEYS" in guard.complaint()


def test_it_is_planted_once(planted):
    before = bytes(Canary.objects.get().sealed)
    guard.plant()

    assert bytes(Canary.objects.get().sealed) == before


@pytest.mark.once
def test_a_start_makes_no_new_key_for_a_database_that_has_its_own(tmp_path: Path):
    migrated.copy_to(tmp_path / "db.sqlite3")
    manage("migrate", tmp_path)
    row = (guard.CANARY_PK, *guard.sealed_now().values())
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute("INSERT INTO keyring_canary (id, sealed, fingerprint) VALUES (?, ?, ?)", row)
    for secret in (tmp_path / "secrets").iterdir():
        secret.unlink()

    refused = manage("serve", tmp_path)

    assert refused.returncode == 1
    assert row[2] in refused.stderr
    assert "ADDRESS_KEYS" in refused.stderr
    assert not list((tmp_path / "secrets").iterdir())


def manage(command: str, folder: Path) -> subprocess.CompletedProcess:
    asked = [sys.executable, "manage.py", command]
    env = environment(folder)
    return subprocess.run(asked, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)

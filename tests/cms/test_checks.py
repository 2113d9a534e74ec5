"""`manage.py check --deploy`: silent for a site that is set up rightly, else what is wrong and what to do."""

import base64
import os
import secrets
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from cms.checks import is_near, is_public, warnings_at_start
from cms.second_factor.models import Passkey
from cms.settings import environment
from home.demo import load
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
PASSWORD = "hunter2-hunter2"
KEY = environment.new_address_key()
RIGHT = {
    "SITE_URL": "https://www.example.org",
    "SITE_HOST": "www.example.org",
    "ALLOWED_HOSTS": ["www.example.org"],
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ADDRESS_KEYS": [KEY],
    "TRUSTED_PROXIES": [ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/32")],
    "EMAIL_HOST": "mail.example.org",
    "EMAIL_HOST_PASSWORD": PASSWORD,
    "EMAIL_USE_TLS": True,
    "EMAIL_USE_SSL": False,
    "OUTBOX_TRANSPORT": "cms.outbox.smtp.Transport",
    "DATABASES": {"default": {"HOST": "database"}},
}


def key_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def database(host: str, **options: str) -> dict:
    return {"default": {"HOST": host, "OPTIONS": options}}


WRONG = {
    "cms.W001": [
        {"SECRET_KEY": "k" * 64},
        {"SECRET_KEY": "secret" * 11},
        {"SECRET_KEY": secrets.token_urlsafe(20)},
        {"SECRET_KEY": "changeme" * 8},
    ],
    "cms.W002": [
        {"ADDRESS_KEYS": [key_of(b"tests and nothing else, key one!")]},
        {"ADDRESS_KEYS": [KEY, key_of(b"\xff" * 32)]},
        {"ADDRESS_KEYS": [key_of(bytes(range(200, 232)))]},
    ],
    "cms.W003": [{"SITE_URL": "http://www.example.org"}, {"SITE_URL": "http://x", "SITE_HOST": "192.0.2.7"}],
    "cms.W004": [{"ALLOWED_HOSTS": ["www.example.org", "*"]}, {"ALLOWED_HOSTS": [".org"]}],
    "cms.W005": [
        {"TRUSTED_PROXIES": [ip_network("0.0.0.0/0")]},
        {"TRUSTED_PROXIES": [ip_network("128.0.0.0/1")]},
        {"TRUSTED_PROXIES": [ip_network("::/0")]},
    ],
    "cms.W006": [
        {"DATABASES": database("db.example.org")},
        {"DATABASES": database("10.0.0.5", sslmode="prefer")},
    ],
    "cms.W007": [{"EMAIL_USE_TLS": False}, {"EMAIL_USE_TLS": False, "EMAIL_HOST": "192.0.2.7"}],
    "cms.W008": [{"OUTBOX_TRANSPORT": "django.core.mail.backends.filebased.EmailBackend"}],
}
FINE = [
    {"ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"]},
    {"SITE_URL": "http://localhost:8000", "SITE_HOST": "localhost"},
    {"SECRET_KEY": secrets.token_hex(32)},
    {"DATABASES": database("db.example.org", sslmode="require")},
    {"DATABASES": database("/run/postgresql")},
    {"DATABASES": database("")},
    {"EMAIL_USE_TLS": False, "EMAIL_HOST": "127.0.0.1"},
    {"EMAIL_USE_TLS": False, "EMAIL_HOST_PASSWORD": ""},
    {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True},
]


@pytest.fixture
def told(settings, monkeypatch):
    """Set a site up rightly but for something; return what is told of it, by number."""

    def told(**wrong) -> dict[str, str]:
        wanted = {**RIGHT, **wrong}
        for name, value in wanted.pop("DATABASES")["default"].items():
            monkeypatch.setitem(settings.DATABASES["default"], name, value)
        for name, value in wanted.items():
            setattr(settings, name, value)
        found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
        return {each.id: f"{each.msg} {each.hint}" for each in found if not each.id.startswith("security.")}

    return told


@pytest.mark.parametrize(
    ("number", "wrong"), [(number, wrong) for number in WRONG for wrong in WRONG[number]]
)
def test_each_fault_is_told_with_a_way_out_and_no_secret(told, number, wrong):
    (found,) = told(**wrong).items()

    assert found[0] == number
    assert len(found[1].split(". ")) >= 2, "what is wrong, and what to do"
    for secret in (PASSWORD, KEY, RIGHT["SECRET_KEY"], *wrong.get("ADDRESS_KEYS", ())):
        assert secret not in found[1]
    assert number in (ROOT / "docs/install.md").read_text()


@pytest.mark.parametrize("more", [{}, *FINE], ids="-".join)
def test_of_a_site_that_is_set_up_rightly_nothing_is_told(told, more):
    assert told(**more) == {}


def test_a_log_in_of_the_demo_is_told_until_it_is_somebodys_and_nothing_is_hashed(told, monkeypatch):
    users = get_user_model().objects
    demo = users.create_user("admin", "admin@example.org", PASSWORD)
    users.create_user("editor", "editor@clinic.example", PASSWORD)
    monkeypatch.setattr(get_user_model(), "check_password", None)

    with CaptureQueriesContext(connection) as queries:
        assert told()["home.W001"].startswith("Demo accounts are active: admin. ")
    assert len(queries) <= 5  # one for each check that asks the database
    users.filter(pk=demo.pk).update(is_active=False)
    assert told() == {}
    users.filter(pk=demo.pk).update(is_active=True, email="tobias@clinic.example")
    assert told() == {}


def test_an_administrator_with_a_password_alone_is_told(told):
    admin = get_user_model().objects.create_superuser("owner", "owner@clinic.example", PASSWORD)
    assert told()["second_factor.W001"].startswith("Administrators without a second factor: 1. ")
    assert "second_factor.W001" in (ROOT / "docs/install.md").read_text()

    Passkey.objects.create(user=admin, name="Key", credential=b"public", digest="0")
    assert told() == {}


def test_a_post_of_the_demo_is_told_while_it_is_public(told, blog):
    title = load.planting.POSTS[0].title
    page = PostFactory(parent=blog, slug=load.planting.POSTS[0].slug, title=title)
    assert told()["home.W002"].startswith("Demo posts are public: 1. ")

    page.unpublish()
    assert told() == {}


@pytest.mark.parametrize("kind", ["page", "collection"])
def test_a_shared_password_is_told_while_there_is_one_and_never_which(told, post, kind):
    restricted = {"restriction_type": "password", "password": PASSWORD}
    if kind == "page":
        restriction = PageViewRestriction.objects.create(page=post, **restricted)
    else:
        collection = Collection.get_first_root_node().add_child(name="Leaflets")
        restriction = CollectionViewRestriction.objects.create(collection=collection, **restricted)
    said = told()["home.W003"]

    assert "stored in plain text: 1. " in said
    assert PASSWORD not in said
    assert "home.W003" in (ROOT / "docs/install.md").read_text()
    restriction.restriction_type = "login"
    restriction.save()
    assert told() == {}


def test_the_start_tells_it_of_a_site_that_readers_can_reach(told, settings):
    told(EMAIL_USE_TLS=False)
    assert [warning.rpartition(" ")[2] for warning in warnings_at_start()] == ["(cms.W007)"]

    settings.SITE_HOST = "localhost"
    assert warnings_at_start() == []


@pytest.mark.parametrize("host", ["www.example.org", "192.0.2.7", "10.0.0.5", "2001:db8::1"])
def test_what_others_can_reach_is_public(host):
    assert is_public(host)
    assert not is_near(host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "clinic.localhost", "database"])
def test_what_is_here_is_not(host):
    assert not is_public(host)
    assert is_near(host)


def deploy_check(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an environment that holds nothing of the test run's."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "DATA_DIR": str(folder),
        "SITE_URL": "https://www.example.org",
        "ALLOWED_HOSTS": "www.example.org",
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "SECRET_KEY": RIGHT["SECRET_KEY"],
        "ADDRESS_KEYS": KEY,
        "EMAIL_URL": f"smtp+tls://site:{PASSWORD}@mail.example.org",
        **variables,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.once
def test_the_command_is_content_with_production_and_with_nothing_less(tmp_path):
    right = deploy_check(tmp_path)
    assert (right.returncode, right.stderr) == (0, "")

    wrong = deploy_check(tmp_path, EMAIL_URL=f"smtp://site:{PASSWORD}@mail.example.org", ALLOWED_HOSTS="*")
    assert wrong.returncode == 1
    assert "cms.W004" in wrong.stderr
    assert "cms.W007" in wrong.stderr
    assert PASSWORD not in wrong.stderr

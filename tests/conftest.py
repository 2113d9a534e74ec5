"""What the whole suite stands on: a small site, and a mail server that is a real server on a port."""

import asyncio
import gc
import os
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from cms.brand import memory
from cms.brand.models import SiteIdentity
from home.models import HomePage
from tests import migrated, server_errors
from tests.chromium import chromium  # noqa: F401 -- a fixture
from tests.factories import BlogFactory, ContactPageFactory, PostFactory, UserFactory
from tests.smtp_peer import SmtpPeer

OTHER_SESSIONS_END = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
NEEDS_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in the test's thread


def pytest_collection_finish() -> None:
    """Look for garbage less often, and never among the modules and tests: a tenth of the time went there."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        _restore_what_was_migrated(item)
        if item.get_closest_marker("django_db") is None and NEEDS_DATABASE.isdisjoint(item.fixturenames):
            item.add_marker(pytest.mark.once)
    yield  # to pytest, which takes what was asked for, and pytest-django, which sorts
    items.sort(key=lambda item: "empty_database" not in item.fixturenames)  # a minute each: not at the end


def _restore_what_was_migrated(item: pytest.Item) -> None:
    """Give each test that commits what the migrations wrote (home page, groups): the one before flushed it.

    All of them or none: a flush without this writes content types anew, with other keys.
    """
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        restored = pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True})
        item.add_marker(restored, append=False)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings_parallel_suffix) -> bool:
    """pytest-django asks it whether Django makes the test database or takes the one that is there."""
    return migrated.begin_with_template()


@pytest.fixture(autouse=True)
def _no_server_error_unless_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    with server_errors.collected() as errors:
        yield
    server_errors.require_as_asked(request.node.get_closest_marker("server_errors"), errors)


@pytest.fixture(autouse=True)
def _forget_what_was_cached() -> None:
    """
    A rolled-back picture's renditions, above all: the next one has its id, and would seem to be drawn.

    A site that was rolled back was called something else.
    """
    cache.clear()
    memory._memory[:] = [memory._Memory(memory._of(SiteIdentity()), time.monotonic())]


@pytest.fixture
def loop_of_our_own() -> Iterator[None]:
    """Let a test run a loop in its thread, where Playwright may have left one."""
    left = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(left)


def with_static_files(handler: type[StaticFilesHandler]) -> Iterator[LiveServer]:
    """pytest-django's own finds the static files only where the app of that name is Django's."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = handler
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    yield from with_static_files(StaticFilesHandler)


@pytest.fixture
def template(transactional_db, tmp_path: Path) -> str:
    """The migrated test database as it can be copied: a file, or a name that nobody is connected to."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:  # a thread of an earlier test may not have been cleared away yet
            cursor.execute(OTHER_SESSIONS_END)
        connection.close()
        return name
    copy = tmp_path / "template.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    return str(copy)


@pytest.fixture
def home(db) -> HomePage:
    return HomePage.objects.get()


@pytest.fixture
def blog(home):
    return BlogFactory(parent=home)


@pytest.fixture
def post(blog):
    return PostFactory(parent=blog, title="A quiet hour", slug="a-quiet-hour")


@pytest.fixture
def contact(home):
    return ContactPageFactory(parent=home)


@pytest.fixture
def moderator(db):
    return UserFactory(username="moderator", group="Comment moderators")


@pytest.fixture
def editor(db):
    return UserFactory(username="editor", group="Editors")


@pytest.fixture
def front_desk(db):
    return UserFactory(username="frontdesk", group="Front desk")


@pytest.fixture
def admin(db):
    return UserFactory(username="admin", admin=True)


@pytest.fixture
def client() -> Client:
    """A visitor: every refusal a browser would meet, no cookie to begin with."""
    return visitor()


def visitor(**headers: str) -> Client:
    headers = {"host": "localhost", **headers}
    return Client(enforce_csrf_checks=True, raise_request_exception=False, headers=headers)


@pytest.fixture
def as_moderator(moderator) -> Client:
    return signed_in(moderator)


def signed_in(user) -> Client:
    browser = Client(headers={"host": "localhost"}, raise_request_exception=False)
    browser.force_login(user)
    return browser


def with_token(user) -> Client:
    """A program that acts for somebody, by a token as ``manage.py`` makes it."""
    made = StringIO()
    call_command("api_tokens", "create", user=user.get_username(), name="a test", stdout=made)
    return visitor(authorization=f"Bearer {made.getvalue().strip()}")


@pytest.fixture(autouse=True)
def _mail_goes_through_the_outbox(settings) -> None:
    settings.EMAIL_BACKEND = "cms.outbox.backend.OutboxBackend"  # Django's test runner puts in another


@pytest.fixture
def smtp(settings) -> Iterator[SmtpPeer]:
    with SmtpPeer() as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT = peer.host, peer.port
        yield peer

"""The database or the cache is away: a page, or an honest 503; nothing half written; well again by itself."""

import json
import logging
import sqlite3
from copy import deepcopy
from logging.config import DictConfigurator

import psycopg
import pytest
from django.core.cache import caches
from django.db import InterfaceError, OperationalError, connection, transaction

from blog.comments.models import Decision, ReaderComment
from cms.errors import outage
from cms.outbox.models import Delivery
from home.contact.models import ContactMessage
from tests.blog.comments.posting.test_life import form_on
from tests.conftest import visitor
from tests.smtp_peer import RawPeer, free_port, say_nothing

pytestmark = pytest.mark.django_db

WORDS = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}
MESSAGE = {"name": "Ben", "email": "ben@example.org", "message": "Do you open on Saturdays?"}


class Failing:
    """A database that refuses the n-th statement of its kind, as a full disk or a lost connection does."""

    def __init__(self, kind: str, number: int, error: Exception) -> None:
        self.kind, self.number, self.error, self.seen = kind, number, error, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(self.kind):
            self.seen += 1
            if self.seen == self.number:
                raise self.error
        return execute(sql, params, many, context)


FULL = OperationalError("database or disk is full")
GONE = InterfaceError("connection already closed")


@pytest.mark.server_errors(503)
@pytest.mark.parametrize("error", [FULL, GONE], ids=["full", "gone"])
def test_a_page_that_cannot_be_read_is_an_honest_503(client, post, error):
    url = post.url
    with connection.execute_wrapper(Failing("SELECT", 1, error)):
        answer = client.get(url)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert answer["Cache-Control"] == "no-store"
    assert "The site cannot answer at this moment" in answer.content.decode()
    assert client.get(url).status_code == 200


@pytest.mark.server_errors(503)
def test_a_program_is_told_as_a_problem(client, post):
    with connection.execute_wrapper(Failing("SELECT", 1, FULL)):
        answer = client.get("/api/v1/posts/")

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert "send it again" in answer.json()["detail"]


@pytest.mark.server_errors(503)
@pytest.mark.django_db(transaction=True)
def test_whichever_write_of_a_comment_fails_nothing_half_is_kept(post):
    """The first, the second, … until there is none left to fail."""
    statement = 0
    while True:
        statement += 1
        browser = visitor()
        fields = {**form_on(browser, post.url), **WORDS}
        with connection.execute_wrapper(failing := Failing("INSERT", statement, FULL)):
            answer = browser.post(post.url, fields)
        if failing.seen < statement:
            break
        assert answer.status_code == 503
        assert not ReaderComment.objects.exists()
        assert not Delivery.objects.exists()
        assert not Decision.objects.exists()
    assert answer.status_code == 303
    assert statement > 4
    assert ReaderComment.objects.count() == 1


@pytest.mark.server_errors(503)
@pytest.mark.django_db(transaction=True)
def test_nor_of_a_message(contact):
    statement, answer = 0, None
    while answer is None or answer.status_code == 503:
        statement += 1
        with connection.execute_wrapper(Failing("INSERT", statement, FULL)):
            body = json.dumps(MESSAGE)
            url = f"/api/v1/contact/{contact.pk}/"
            answer = visitor().post(url, body, content_type="application/json")
        assert ContactMessage.objects.count() == Delivery.objects.count() == (answer.status_code == 202)
    assert (answer.status_code, statement) == (202, statement) and statement > 3


@pytest.mark.server_errors(500)
def test_a_fault_of_ours_is_a_500_and_a_problem_for_a_program(client, post):
    url = post.url
    with connection.execute_wrapper(Failing("SELECT", 1, ZeroDivisionError())):
        assert client.get(url).status_code == 500
    with connection.execute_wrapper(Failing("SELECT", 1, ZeroDivisionError())):
        answer = client.get("/api/v1/posts/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.server_errors(500)
@pytest.mark.parametrize(
    "sql",
    ["SELECT nothing FROM nowhere", "SELEKT 1", "SELECT 1 + ", "SELECT * FROM auth_user WHERE nothing = 1"],
)
def test_a_query_that_cannot_be_read_is_a_fault_and_no_outage(client, post, sql):
    url = post.url
    with connection.execute_wrapper(Broken(sql)):
        answer = client.get(url)

    assert answer.status_code == 500
    assert "Retry-After" not in answer


class Broken:
    """Puts another statement, once, in the place of the first. The database itself refuses it."""

    def __init__(self, sql: str) -> None:
        self.sql: str | None = sql

    def __call__(self, execute, sql, params, many, context):
        if not self.sql:
            return execute(sql, params, many, context)
        broken, self.sql = self.sql, None
        with transaction.atomic():
            return execute(broken, None, many, context)


@pytest.mark.parametrize(
    ("code", "away"),
    [
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_WRITE, True),
        (sqlite3.SQLITE_CANTOPEN, True),
        (None, False),
    ],
)
def test_sqlite_tells_by_its_code_which_it_is(code, away):
    cause = sqlite3.OperationalError("words may change")
    if code is not None:
        cause.sqlite_errorcode = code
    error = OperationalError("words may change")
    error.__cause__ = cause

    assert outage.is_outage(error) is away


@pytest.mark.parametrize(
    ("kind", "away"),
    [
        (psycopg.errors.StatementTooComplex, False),
        (psycopg.errors.TooManyColumns, False),
        (psycopg.errors.AdminShutdown, True),
        (psycopg.errors.TooManyConnections, True),
        (psycopg.errors.DiskFull, True),
        (psycopg.OperationalError, True),
    ],
)
def test_so_does_postgresql(kind, away):
    error = OperationalError("words may change")
    error.__cause__ = kind("words may change")

    assert outage.is_outage(error) is away


# --- The cache ---


@pytest.fixture
def redis(settings, monkeypatch):
    """Point the site's cache to a Redis on a port."""

    def use(port: int) -> None:
        monkeypatch.setattr("cms.reading.forgiving_cache._away_until", 0.0)
        settings.CACHES = {
            "default": {
                "BACKEND": "cms.reading.forgiving_cache.ForgivingRedisCache",
                "LOCATION": f"redis://127.0.0.1:{port}/0",
            }
        }

    return use


def test_without_its_redis_the_site_shows_its_pages_and_takes_comments(client, post, redis, caplog):
    redis(free_port())

    for url in ("/", "/blog/", post.url, "/api/v1/posts/"):
        assert client.get(url).status_code == 200, url
    assert client.post(post.url, {**form_on(client, post.url), **WORDS}).status_code == 303
    assert not client.get("/readyz").json()["checks"]["cache"]
    assert caplog.text.count("the cache is away: ConnectionError") == 1


def test_a_redis_that_says_nothing_holds_up_one_request_and_not_each(client, post, redis, caplog):
    with RawPeer(say_nothing) as peer:
        redis(peer.port)
        for _ in range(5):
            assert client.get(post.url).status_code == 200

        assert peer.connections <= 2
    assert caplog.text.count("the cache is away: TimeoutError") == 1


def test_it_is_asked_again_after_a_while(redis, monkeypatch, caplog):
    redis(free_port())
    cache = caches["default"]
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", 1)
    assert cache.get_many(["a"]) == {}
    assert not cache.has_key("a")
    with pytest.raises(ValueError, match="no such key"):
        cache.incr("a")
    assert caplog.text.count("away") == 1

    monkeypatch.setattr("cms.reading.forgiving_cache._away_until", 0.0)
    cache.delete("a")
    assert caplog.text.count("away") == 2


def test_no_line_of_the_log_shows_an_address(settings):
    formatter = DictConfigurator({}).configure_formatter(deepcopy(settings.LOGGING["formatters"]["line"]))
    line = logging.LogRecord("x", logging.ERROR, "", 0, "Failed to write to %s", ("ann@example.org",), None)

    assert formatter.format(line).endswith(" ERROR x: Failed to write to [address]")

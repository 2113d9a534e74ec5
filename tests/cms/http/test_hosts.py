"""Whom a request is for: a host of ours, or it is refused at every door, with one short line in the log."""

import logging
import re

import pytest
from django.test import Client

from cms import health
from cms.outbox import actions
from tests.observatory import score

pytestmark = [pytest.mark.once, pytest.mark.django_db]

OURS = ["localhost", "localhost:8000", "LOCALHOST", "localhost.", "LocalHost.:80", "127.0.0.1", "[::1]:8000"]
FOREIGN = [
    "evil.example",
    "localhost.evil.example",
    "localhost, evil.example",
    "localhost,localhost",
    "evil@localhost",
    "localhost@evil.example",
    "http://localhost",
    "localhost/",
    "localhost:port",
    "localhost:80:80",
    " ",
    "",
    "löcalhost",
    "localhost\t",
    "[::2]",
    "ann@example.org",
    "a" * 60_000,
    "a." * 30_000,
    "%0d%0aWARNING: all is lost",
]
PATHS = [
    "/",
    "/no-such-page/",
    "/healthz",
    "/readyz",
    "/static/css/site.css",
    "/admin/login/",
    "/api/v1/posts/",
]


@pytest.fixture
def lines(caplog):
    """What a start of the site has the log say."""
    caplog.set_level(logging.WARNING)
    return lambda: [record for record in caplog.records if record.name == "cms.http.hosts"]


@pytest.mark.parametrize("host", OURS)
def test_every_spelling_of_a_host_of_ours_is_answered(home, host, lines):
    assert Client(headers={"host": host}).get("/").status_code == 200
    assert lines() == []


@pytest.mark.parametrize("host", FOREIGN)
def test_any_other_is_refused_in_one_short_line(home, host, lines):
    answer = Client(headers={"host": host}).get("/")

    (line,) = lines()
    said = line.getMessage()
    assert answer.status_code == 400
    assert re.fullmatch(
        r"Refused a request for the host (\((none|no name of a host)\)|[a-z0-9.:\[\]-]{1,80})\.", said
    )
    assert line.exc_info is None


def test_so_is_a_request_that_names_no_host(home, lines):
    assert Client().get("/").status_code == 400
    assert lines()[0].getMessage() == "Refused a request for the host (none)."


@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:8000", "[2001:db8::7]:8000", "192.0.2.1"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_monitor_may_ask_by_the_address_of_a_machine(host, path, lines, settings, monkeypatch):
    monkeypatch.setattr(health, "last", health.Looked())
    actions.report_alive("here:1")
    settings.ALLOWED_HOSTS, settings.SITE_HOST = ["www.example.org"], "www.example.org"
    answer = Client(headers={"host": host}).get(path)

    assert answer.status_code == 200
    assert lines() == []
    assert host.encode() not in answer.content
    assert Client(headers={"host": host}).get("/").status_code == 400


@pytest.mark.parametrize(("protocol", "status"), [("HTTP/1.0", 200), ("HTTP/1.1", 400)])
def test_a_monitor_of_old_names_no_host(protocol, status):
    assert Client().get("/healthz", SERVER_PROTOCOL=protocol).status_code == status
    assert Client().get("/", SERVER_PROTOCOL=protocol).status_code == 400


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_no_door_is_left_open(settings, path, secure):
    settings.WHITENOISE_USE_FINDERS = settings.SECURE_SSL_REDIRECT = True
    answer = Client(headers={"host": "evil.example"}).get(path, secure=secure)

    assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
    assert "evil" not in answer.content.decode()


def test_a_refusal_has_all_headers_and_asks_no_database(settings, django_assert_num_queries):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    with django_assert_num_queries(0):
        answer = Client(headers={"host": "evil.example"}).get("/", secure=True)

    assert score(answer.items()) >= 125

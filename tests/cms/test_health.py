"""What a monitor is told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms import health
from cms.outbox import actions
from cms.outbox.models import Delivery, State, Worker
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_found_out_yet(monkeypatch) -> None:
    monkeypatch.setattr(health, "last", health.Looked())


def test_the_process_answers_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]


def test_a_site_whose_worker_was_seen_is_ready(client):
    actions.report_alive("here:1")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": True, "cache": True, "worker": True, "mail_queue": True, "keys": True},
    }


def test_a_site_whose_worker_is_gone_for_a_minute_is_not_ready(client):
    actions.report_alive("here:1")
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": True,
        "cache": True,
        "worker": False,
        "mail_queue": True,
        "keys": True,
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("moved", ["due_at", "wanted_since"])
def test_a_mail_that_could_not_go_for_a_quarter_of_an_hour_is_told(client, moved):
    actions.report_alive("here:1")
    row = Delivery.objects.create(event="test.event", subject_id=1, recipient="user:1")
    for minutes, status in ((14, 200), (16, 503)):
        Delivery.objects.update(**{moved: timezone.now() - timedelta(minutes=minutes)})
        assert client.get("/readyz").status_code == status

    Delivery.objects.filter(pk=row.pk).update(state=State.FAILED)
    assert client.get("/readyz").json()["checks"]["mail_queue"]


def test_whoever_asks_often_asks_the_database_once_in_two_seconds(client, settings, monkeypatch):
    settings.READYZ_KEPT = 2.0
    actions.report_alive("here:1")
    for now, asked in ((100.0, 1), (101.9, 0), (102.1, 1)):
        monkeypatch.setattr(health, "monotonic", lambda now=now: now)
        with CaptureQueriesContext(connection) as queries:
            answers = {client.get("/readyz").status_code for _ in range(50)}
        assert answers == {200}
        assert sum(query["sql"] == "SELECT 1" for query in queries) == asked


def test_a_stranger_is_told_of_no_host_path_or_version(client):
    answer = client.get("/readyz")

    assert set(answer.json()) <= {"status", "checks", "reason"}
    assert set(map(type, answer.json()["checks"].values())) == {bool}
    assert "Server" not in answer.headers


def test_healthz_asks_nothing_of_the_database_for_whoever_is_logged_in_either(
    editor, django_assert_num_queries
):
    """The front answers it on its loop, where a query would hold up every other client."""
    browser = signed_in(editor)

    with django_assert_num_queries(0):
        assert browser.get("/healthz").status_code == 200

"""What a monitor is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.outbox import actions
from cms.outbox.models import Delivery, State, Worker

pytestmark = pytest.mark.django_db


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
        "checks": {"database": True, "cache": True, "worker": True, "mail_queue": True},
    }


def test_a_site_whose_worker_is_gone_for_a_minute_is_not_ready(client):
    actions.report_alive("here:1")
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "cache": True, "worker": False, "mail_queue": True}
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

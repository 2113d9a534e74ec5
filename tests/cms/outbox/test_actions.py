"""The outbox as workers meet it. What goes over the wire is tested where mails are written."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from cms.outbox import actions, events, postman, queries
from cms.outbox.models import Delivery, State

pytestmark = pytest.mark.django_db


def queued(**fields) -> Delivery:
    return Delivery.objects.create(
        **{"event": "test.event", "subject_id": 1, "recipient": "user:1", **fields}
    )


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_without_the_change_that_causes_it():
    with pytest.raises(actions.OutsideTransactionError):
        actions.queue("test.event", 1, "user:1")


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_tells_nobody():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.queue("test.event", 1, "user:1")
        _ = 1 / 0

    assert not Delivery.objects.exists()


def test_one_row_for_each_event_subject_and_recipient():
    for _ in range(3):
        actions.queue("test.event", 1, "user:1")
    actions.queue("test.event", 1, "user:2")

    assert Delivery.objects.count() == 2


def test_a_leased_row_is_nobody_elses():
    queued()

    assert actions.claim() is not None
    assert actions.claim() is None


def test_a_killed_workers_row_is_due_again_after_its_lease():
    row = queued()
    actions.claim()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert actions.claim().pk == row.pk


def test_a_worker_that_was_thought_dead_changes_nothing():
    queued()
    slow = actions.claim()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    quick = actions.claim()

    assert actions.sent(quick)
    assert not actions.refused_for_now(slow, "too late")
    assert Delivery.objects.get().state == State.SENT


def test_it_is_tried_later_and_later_but_never_later_than_ten_minutes():
    delays = [actions.back_off(attempt) for attempt in (1, 2, 4, 30)]

    assert delays == sorted(delays)
    assert delays[0] <= timedelta(seconds=5)
    assert delays[-1] <= timedelta(minutes=10)


def test_a_failed_row_can_be_sent_again():
    row = queued()
    actions.refused_for_good(actions.claim(), "550")
    assert Delivery.objects.get().state == State.FAILED

    assert actions.send_again(row)
    assert actions.claim().pk == row.pk


def test_an_event_of_a_newer_version_waits_for_a_worker_that_knows_it(smtp):
    queued(event="test.newer")
    postman.deliver_due()
    row = Delivery.objects.get()
    assert (row.state, row.last_answer) == (State.WAITING, "UnknownEventError")

    mail = EmailMessage("News", "", to=["ann@example.org"])
    events.register("test.newer", lambda subject_id, recipient: mail)
    Delivery.objects.update(due_at=timezone.now())
    postman.deliver_due()
    assert [mail["Subject"] for mail in smtp.mails] == ["News"]


def test_an_event_nobody_renders_is_failed_and_named_after_a_while():
    queued(event="no.such.event")
    for _ in range(actions.MAX_WRITINGS):
        Delivery.objects.update(due_at=timezone.now())
        postman.deliver_due()

    row = Delivery.objects.get()
    assert (row.state, row.last_answer) == (State.FAILED, "UnknownEventError")


def test_nothing_to_say_is_suppressed():
    events.register("test.silent", lambda subject_id, recipient: None)
    queued(event="test.silent")
    postman.deliver_due()

    assert Delivery.objects.get().state == State.SUPPRESSED


def test_many_mails_go_over_one_connection(smtp, client, contact):
    for number in range(5):
        client.post(contact.url, {"name": "Ann", "email": "ann@example.org", "message": f"Question {number}"})
    postman.deliver_due()

    assert (len(smtp.mails), smtp.connections) == (5, 1)


def test_the_status_says_when_a_worker_was_last_seen_and_what_waits():
    assert not queries.status().worker_seen
    actions.report_alive("here:1")
    assert not queries.status().late
    queued(due_at=timezone.now() - timedelta(minutes=16))

    status = queries.status()
    assert status.worker_seen
    assert status.late


def test_back_off_makes_no_row_younger():
    queued(wanted_since=timezone.now() - timedelta(minutes=16))
    actions.refused_for_now(actions.claim(), "451")

    assert Delivery.objects.get().due_at > timezone.now()
    assert queries.status().late


def test_what_may_not_be_said_yet_is_not_late():
    queued(due_at=timezone.now() - timedelta(minutes=16), wanted_since=timezone.now() - timedelta(hours=1))
    actions.postpone(actions.claim(), timezone.now() + timedelta(hours=1))

    assert not queries.status().late

"""A mailbox that takes nothing for a while is its own trouble: tried again, and no alarm for the site."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from cms.outbox import actions, postman
from cms.outbox.models import Delivery, State
from tests.conftest import visitor

pytestmark = pytest.mark.django_db

START = datetime(2031, 3, 10, 9, tzinfo=UTC)
FULL = "reception@clinic.example"


@pytest.fixture
def row(contact) -> Delivery:
    words = {"name": "Ben", "email": "ben@example.org", "message": "Are you there?"}
    assert visitor().post(contact.url, words).status_code == 303
    return Delivery.objects.get()


def tried(row: Delivery) -> tuple[str, str]:
    postman.deliver_due()
    row.refresh_from_db()
    return row.state, row.get_failure_display()


def mail_queue() -> bool:
    actions.report_alive("here:1")
    return visitor().get("/readyz").json()["checks"]["mail_queue"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("RCPT", "452 full"),
        ("RCPT", "450 busy"),
        ("RCPT", "552 full"),
        ("RCPT", "452 4.2.2 over quota"),
        ("RCPT", "451 4.2.0 locked"),
        ("RCPT", "552 5.2.2 over quota"),
        ("DATA", "452 4.2.2 over quota"),
        ("DATA", "552 5.2.2 over quota"),
    ],
)
def test_it_is_known_by_what_the_server_says(row, smtp, command, said):
    smtp.at[command, ""] = [said]

    assert tried(row) == ("waiting", "Mailbox takes nothing now")
    assert row.due_at > timezone.now()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("RCPT", "451 later"),
        ("RCPT", "421 going down"),
        ("RCPT", "450 4.1.8 your domain is not found"),
        ("RCPT", "450 4.7.1 greylisted"),
        ("RCPT", "452 4.3.1 no room on this server"),
        ("DATA", "452 no room"),
        ("MAIL", "452 4.2.2 no room"),
    ],
)
def test_what_may_be_the_servers_own_trouble_is_not_put_down_to_it(row, smtp, command, said):
    smtp.at[command, ""] = [said]

    assert tried(row) == ("waiting", "Refused for now")


def test_a_mailbox_that_is_full_for_days_raises_no_alarm_and_gets_its_mail_in_the_end(row, smtp):
    smtp.at["RCPT", FULL] = ["452 4.2.2 over quota"] * 1000
    with time_machine.travel(START, tick=False) as clock:
        Delivery.objects.update(due_at=START, wanted_since=START)
        while timezone.now() < START + timedelta(hours=6):
            assert tried(row)[0] == "waiting"
            clock.move_to(row.due_at)
            assert mail_queue()
        smtp.at.clear()
        assert tried(row)[0] == "sent"

    assert len(smtp.mails) == 1


def test_nor_does_one_that_stays_full_for_a_week(row, smtp):
    smtp.at["RCPT", FULL] = ["452 4.2.2 over quota"]
    Delivery.objects.update(attempts=actions.MAX_ATTEMPTS - 1)

    assert tried(row) == ("failed", "Mailbox takes nothing now")
    assert mail_queue()


def test_a_server_that_disconnects_meanwhile_is_recorded_all_the_same(row, smtp):
    smtp.at["RCPT", FULL] = ["452 4.2.2 over quota", *["451 later"] * 100]
    with time_machine.travel(START, tick=False) as clock:
        Delivery.objects.update(due_at=START, wanted_since=START)
        for _ in range(8):
            tried(row)
            clock.move_to(row.due_at)
        clock.shift(timedelta(minutes=15))

        assert not mail_queue()


def test_so_is_a_worker_that_does_not_come_back(row, smtp):
    smtp.at["RCPT", FULL] = ["452 4.2.2 over quota"]
    tried(row)
    with time_machine.travel(row.due_at + timedelta(minutes=16), tick=False):
        assert not mail_queue()
        assert row.state == State.WAITING

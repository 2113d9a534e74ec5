"""
No mail server for a day. Nothing is lost, and a quarter of an hour after its return all of it is delivered.

`make faults` runs this with `MAILS=600`: so many messages and so many confirmations at the site's own pace.
The suite has fewer, and a pace that is slower in proportion.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.utils import timezone

from blog.comments.notifications.subscribing import CONFIRM
from cms.outbox import postman, queries
from cms.outbox.management.commands.deliver import LOOK_EVERY
from cms.outbox.models import Delivery, State
from home.contact.mail import RECEIVED
from home.contact.models import ContactMessage
from tests.conftest import visitor
from tests.smtp_peer import SmtpPeer, free_port

pytestmark = pytest.mark.django_db

START = datetime(2031, 3, 10, 9, tzinfo=UTC)
RETURN = START + timedelta(hours=24)
A_WHILE = timedelta(minutes=20)
DRAINED = RETURN + timedelta(minutes=15)
WHOLE = 600  # mails of each kind
MAILS = int(os.environ.get("MAILS", "12"))
SPELLS = 6


@pytest.fixture
def port(settings) -> int:
    """Where a mail server was, and will be again."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = SmtpPeer.host, free_port()
    settings.STAFF_MAILS_AN_HOUR = 2 * WHOLE  # each is to be seen by itself
    return settings.EMAIL_PORT


@pytest.fixture
def in_proportion(settings) -> None:
    settings.OUTBOX_PER_MINUTE = {
        host: most * MAILS // WHOLE for host, most in settings.OUTBOX_PER_MINUTE.items()
    }


@pytest.fixture
def write(contact, post) -> Callable[[str], None]:
    """A visitor writes to staff, and comments and asks for replies. He is thanked for both."""
    numbers = count(1)

    def write(domain: str) -> None:
        number = next(numbers)
        one = visitor()
        client = f"10.0.{number // 250}.{number % 250}"
        person = {"name": "Ben", "email": f"ben{number}@{domain}"}
        message = {**person, "message": f"Question {number}"}
        assert one.post(contact.url, message, REMOTE_ADDR=client).status_code == 303
        comment = {**person, "comment": f"Words {number}", "notify": True}
        url = f"/api/v1/posts/{post.pk}/comments/"
        answer = one.post(url, comment, content_type="application/json", REMOTE_ADDR=client)
        assert answer.status_code == 202

    return write


def test_every_attempt_of_a_day_is_made_and_a_mail_still_comes_once(contact, port):
    with time_machine.travel(START, tick=False) as clock:
        for hour in (0, 23):
            work_until(clock, START + timedelta(hours=hour))
            words = {"name": "Ben", "email": "ben@example.org", "message": f"In hour {hour}"}
            assert visitor().post(contact.url, words).status_code == 303
        work_until(clock, RETURN)
        assert queries.status().late
        assert Delivery.objects.filter(state=State.WAITING).count() == 2

        with SmtpPeer(port=port) as peer:
            work_until(clock, DRAINED)

        assert Delivery.objects.filter(state=State.SENT).count() == ContactMessage.objects.count() == 2
        assert len(peer.mails) == len(set(peer.message_ids)) == 2
        assert not queries.status().late


@pytest.mark.parametrize("domains", [["clinic.example"], [f"d{number}.example" for number in range(100)]])
def test_many_mails_of_a_day_are_out_in_a_quarter_of_an_hour(write, port, in_proportion, domains):
    """They are written in six batches over the day. Between these the worker is idle, too."""
    with time_machine.travel(START, tick=False) as clock:
        for begin in (START + number * (RETURN - A_WHILE - START) / (SPELLS - 1) for number in range(SPELLS)):
            clock.move_to(begin)
            for number in range(MAILS // SPELLS):
                work_until(clock, begin + number * A_WHILE * SPELLS / MAILS)
                write(domains[number % len(domains)])
            work_until(clock, begin + A_WHILE)
        assert queries.status().late

        with SmtpPeer(port=port) as peer:
            work_until(clock, DRAINED)

        rows = Delivery.objects.filter(event__in=(RECEIVED, CONFIRM))
        assert rows.filter(state=State.SENT).count() == rows.count() == 2 * MAILS
        assert len(peer.mails) == len(set(peer.message_ids)) == Delivery.objects.count()
        assert not queries.status().late
        last = Delivery.objects.latest("finished_at").finished_at
        sys.stdout.write(f"{len(peer.mails)} mails, {len(domains)} domains: out after {last - RETURN}\n")


def work_until(clock, end: datetime) -> None:
    """A worker's day: it delivers what is due, and looks again a second later at the earliest."""
    while timezone.now() < end:
        if not postman.deliver_due():
            clock.move_to(min(end, max(timezone.now() + timedelta(seconds=LOOK_EVERY), next_due() or end)))


def next_due() -> datetime | None:
    waiting = Delivery.objects.filter(state=State.WAITING).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()

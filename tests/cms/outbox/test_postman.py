"""Rows that cannot be written, kinds that are no mail, and the pace of a host."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import OperationalError
from django.utils import timezone

from cms.outbox import actions, chores, couriers, events, pacing, postman
from cms.outbox.couriers import Refused
from cms.outbox.management.commands import deliver
from cms.outbox.models import Delivery, Failure, Pace, State
from tests import crawl
from tests.cms.outbox.test_long_outage import work_until
from tests.smtp_peer import SmtpPeer

pytestmark = pytest.mark.django_db

ADDRESS = "kq7paced3x@canary-six.example"


@pytest.fixture
def event(monkeypatch):
    """Register an event for one test."""
    monkeypatch.setattr(events, "_events", dict(events._events))
    return events.register


def queued(event: str, subject_id: int = 1, **fields: object) -> Delivery:
    return Delivery.objects.create(event=event, subject_id=subject_id, recipient="user:1", **fields)


def mail_to(*to: str):
    return lambda subject_id, recipient: EmailMessage(f"Subject {subject_id}", "Body", to=list(to))


def breaks(subject_id: int, recipient: str) -> EmailMessage:
    raise KeyError(f"{ADDRESS} is not there")


# --- Rows that cannot be written ---


def test_what_is_unforeseen_in_one_row_stops_no_other_and_is_logged_by_its_type(event, smtp, caplog):
    event("test.broken", breaks)
    event("test.whole", mail_to("ann@example.org"))
    broken, whole = queued("test.broken"), queued("test.whole")
    postman.deliver_due()

    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.state, broken.failure, broken.last_answer) == ("waiting", Failure.UNWRITTEN, "KeyError")
    assert broken.due_at > timezone.now()
    assert whole.state == State.SENT
    assert "KeyError at test_postman.py:" in caplog.text
    assert crawl.leaks(caplog.text.encode() + str(Delivery.objects.values()).encode(), [ADDRESS]) == []


def test_it_is_tried_again_and_failed_in_the_end(event):
    event("test.broken", breaks)
    row = queued("test.broken", attempts=actions.MAX_WRITINGS - 2)
    states = []
    for _ in range(2):
        Delivery.objects.update(due_at=timezone.now())
        postman.deliver_due()
        row.refresh_from_db()
        states.append(row.state)

    assert states == [State.WAITING, State.FAILED]


def test_so_is_a_mail_that_cannot_be_put_into_bytes(event, smtp):
    event("test.odd", lambda *about: EmailMessage("A\nBcc: x@example.org", "Body", to=["ann@example.org"]))
    row = queued("test.odd")
    postman.deliver_due()

    row.refresh_from_db()
    assert (row.state, row.last_answer) == (State.WAITING, "BadHeaderError")


def test_a_mail_to_nobody_is_seen_as_failed(event, smtp):
    event("test.nobody", mail_to())
    row = queued("test.nobody")
    postman.deliver_due()

    row.refresh_from_db()
    assert (row.state, row.last_answer) == (State.FAILED, "no address")


# --- Kinds ---


class Pigeon:
    """A kind that is no mail: it carries what was written, once it is not too heavy."""

    carried: list[tuple[str, str]] = []

    def hosts(self, letter: str) -> tuple[str, str]:
        return "", ""

    def carry(self, letter: str, *, name: str) -> Refused | None:
        if letter == "anvil":
            return Refused(Failure.FOR_GOOD, "413")
        self.carried.append((letter, name))
        return None

    def close(self) -> None:
        self.carried.append(("home", ""))


def test_another_kind_goes_by_another_courier(event, monkeypatch):
    monkeypatch.setattr(couriers, "_couriers", {"pigeon": Pigeon})
    monkeypatch.setattr(Pigeon, "carried", [])
    event("test.note", lambda subject_id, recipient: ["note", "anvil"][subject_id], kind="pigeon")
    note, anvil = queued("test.note", 0), queued("test.note", 1)
    postman.deliver_due()

    note.refresh_from_db()
    anvil.refresh_from_db()
    assert note.state == State.SENT
    assert (anvil.state, anvil.last_answer) == (State.FAILED, "413")
    assert Pigeon.carried == [("note", str(note.message_id)), ("home", "")]


# --- Pace ---


@pytest.fixture
def slow_hosts(settings):
    settings.OUTBOX_PER_MINUTE = {"server": 10, "domain": 4}


def test_a_domain_gets_no_more_than_its_share_and_the_rest_waits_in_line(event, smtp, slow_hosts):
    event("test.mail", mail_to("ann@example.org"))
    for number in range(4):
        queued("test.mail", number)
    postman.deliver_due()

    assert len(smtp.mails) == 2
    waits = Delivery.objects.filter(state=State.WAITING).order_by("pk")
    turns = [round((row.due_at - timezone.now()).total_seconds()) for row in waits]
    assert turns == [30, 60]
    assert [(row.attempts, row.has_turn) for row in waits] == [(0, True)] * 2

    Delivery.objects.update(due_at=timezone.now())
    postman.deliver_due()
    assert len(smtp.mails) == 4


def test_another_domain_does_not_wait_behind_it(event, smtp, slow_hosts):
    event("test.many", mail_to("ann@example.org"))
    event("test.other", mail_to("ben@example.net"))
    for number in range(4):
        queued("test.many", number)
    queued("test.other")
    postman.deliver_due()

    assert "ben@example.net" in smtp.recipients


def test_a_mail_server_with_its_hands_full_gets_the_rest_later(event, smtp, slow_hosts):
    event("test.spread", lambda number, recipient: EmailMessage("Hi", "Body", to=[f"ann@d{number}.example"]))
    for number in range(8):
        queued("test.spread", number)

    assert postman.deliver_due() == 5
    assert set(Delivery.objects.filter(state=State.WAITING).values_list("attempts", "lease_until")) == {
        (0, None)
    }
    Pace.objects.update(full_until=timezone.now())
    assert postman.deliver_due() == 3


class StrictServer(SmtpPeer):
    """Takes so many mails a minute; who sends more, or tries again, is shut out for a quarter of an hour."""

    most = 20

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.taken: list[datetime] = []
        self.shut_until = timezone.now()
        self.refused = 0

    async def handle_MAIL(self, *args: Any) -> str:
        now = timezone.now()
        lately = [moment for moment in self.taken if now - moment < timedelta(minutes=1)]
        if now < self.shut_until or len(lately) >= self.most:
            self.refused += 1
            self.shut_until = now + timedelta(minutes=15)
            return "421 4.7.28 Too many mails from this client"
        self.taken.append(now)
        return await super().handle_MAIL(*args)


@pytest.mark.parametrize("most", [StrictServer.most, 1_000])
def test_a_pace_keeps_a_strict_server_open(event, settings, most):
    """Without one, each further try shuts it for longer, and what waits is not delivered at all."""
    settings.OUTBOX_PER_MINUTE = {"server": most, "domain": most}
    event("test.mail", mail_to("ann@example.org"))
    with time_machine.travel(timezone.now(), tick=False) as clock, StrictServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        for number in range(3 * server.most):
            queued("test.mail", number)
        work_until(clock, timezone.now() + timedelta(minutes=30))

    has_pace = most == server.most
    assert len(server.mails) == (3 * server.most if has_pace else server.most)
    assert (server.refused == 0) == has_pace


def test_which_domain_it_was_is_in_no_row(event, smtp):
    event("test.mail", mail_to(ADDRESS))
    queued("test.mail")
    postman.deliver_due()

    assert Pace.objects.count() == 2
    assert b"canary-" not in crawl.database_bytes()
    Pace.objects.update(full_until=timezone.now() - timedelta(hours=2))
    assert pacing.forget() == 2


# --- The worker ---


@pytest.mark.django_db(transaction=True)
def test_a_chore_that_breaks_stops_neither_the_others_nor_the_mail(caplog):
    done = []

    def break_down() -> None:
        raise ZeroDivisionError(ADDRESS)

    clocks = [
        chores.Clock("broken", timedelta(hours=1), break_down),
        chores.Clock("whole", timedelta(hours=1), lambda: done.append(1)),
    ]
    for _ in range(2):
        deliver.look(clocks)

    assert done == [1]
    assert "chore broken: ZeroDivisionError" in caplog.text
    assert ADDRESS not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_asked_again(caplog):
    """Only the first time: afterwards it is there."""
    tries = []

    def chore() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("server closed the connection")

    clocks = [chores.Clock("first", timedelta(hours=1), chore)]
    with caplog.at_level(logging.ERROR):
        assert deliver.look(clocks) is False
        deliver.look(clocks)
        deliver.look(clocks)

    assert len(tries) == 2
    assert "the database is away: OperationalError" in caplog.text

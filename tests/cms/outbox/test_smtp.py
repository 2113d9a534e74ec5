"""Whatever a mail server does: nothing is lost, and nothing comes twice but after a drop."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from cms.outbox import actions, postman, queries, smtp
from cms.outbox.models import Delivery, Failure, State
from tests.conftest import visitor
from tests.smtp_peer import (
    DROP,
    RawPeer,
    SmtpPeer,
    drip_in_the_handshake,
    fall_into_a_drip,
    free_port,
    say_a_byte_now_and_then,
    say_nothing,
)

pytestmark = pytest.mark.django_db

STAFF = "reception@clinic.example"
WORDS = {"name": "Ben", "email": "ben@example.org"}
PATIENT = 30  # seconds for a step: only the limit of the whole delivery can end it


@pytest.fixture
def write(contact):
    """A visitor writes to staff, and is thanked whatever the mail server does."""

    def write(number: int = 0) -> Delivery:
        answer = visitor().post(contact.url, {**WORDS, "message": f"Question {number}"})
        assert answer.status_code == 303
        return Delivery.objects.latest("pk")

    return write


@pytest.fixture
def server(settings):
    """Point the site to a mail server."""

    def use(port: int, **more: object) -> None:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.4
        for name, value in more.items():
            setattr(settings, name, value)

    return use


def as_if_due() -> None:
    Delivery.objects.filter(state=State.WAITING).update(due_at=timezone.now(), lease_until=None)


def what_became(delivery: Delivery) -> tuple[str, str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.failure, delivery.last_answer


@contextmanager
def full_line() -> Iterator[int]:
    """A port that takes no connection and refuses none: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
            waiting.append(each)
        try:
            yield listener.getsockname()[1]
        finally:
            for each in waiting:
                each.close()


class TestNobodyThere:
    def test_a_connection_refused_is_tried_again(self, write, server):
        row = write()
        server(free_port())
        postman.deliver_due()

        assert what_became(row) == ("waiting", "now", "no connection: ConnectionRefusedError")

    def test_a_server_that_takes_no_connection_holds_nobody_up(self, write, server):
        row = write()
        with full_line() as port:
            server(port)
            postman.deliver_due()

        assert what_became(row) == ("waiting", "now", "no connection: TimeoutError")

    def test_so_does_one_that_never_says_a_word(self, write, server):
        row = write()
        with RawPeer(say_nothing) as peer:
            server(peer.port)
            postman.deliver_due()

        assert what_became(row)[:2] == ("waiting", "now")

    @pytest.mark.parametrize(
        ("talk", "tls"), [(say_a_byte_now_and_then, False), (drip_in_the_handshake, True)]
    )
    def test_one_that_says_a_byte_now_and_then_is_left_in_time(self, write, server, monkeypatch, talk, tls):
        monkeypatch.setattr(smtp, "TIME_LIMIT", 0.6)
        row = write()
        with RawPeer(talk) as peer:
            server(peer.port, EMAIL_USE_SSL=tls, EMAIL_TIMEOUT=PATIENT)
            postman.deliver_due()

        assert what_became(row) == ("waiting", "now", "no connection: TimeLimitError")

    def test_one_that_drips_once_it_has_the_whole_mail_may_have_taken_it(self, write, server, monkeypatch):
        monkeypatch.setattr(smtp, "TIME_LIMIT", 0.6)
        row = write()
        with RawPeer(fall_into_a_drip) as peer:
            server(peer.port, EMAIL_TIMEOUT=PATIENT)
            postman.deliver_due()

        assert what_became(row) == ("waiting", "dropped", "after DATA: TimeLimitError")

    def test_a_mail_takes_no_longer_than_its_lease(self):
        longest = timedelta(seconds=smtp.TIME_LIMIT)
        between_two_chores = timedelta(seconds=smtp.TIME_LIMIT + postman.BATCH_LASTS)
        assert longest < actions.LEASE
        assert between_two_chores < queries.WORKER_LOST_AFTER


class TestRefusals:
    @pytest.mark.parametrize(
        ("command", "said", "state", "why"),
        [
            ("MAIL", "451 later", "waiting", Failure.FOR_NOW),
            ("MAIL", "421 going down", "waiting", Failure.FOR_NOW),
            ("MAIL", "530 log in first", "waiting", Failure.FOR_NOW),
            ("MAIL", "550 not you", "failed", Failure.FOR_GOOD),
            ("RCPT", "451 greylisted", "waiting", Failure.FOR_NOW),
            ("RCPT", "550 nobody here", "failed", Failure.RECIPIENT),
            ("DATA", "452 full", "waiting", Failure.FOR_NOW),
            ("DATA", "554 no", "failed", Failure.FOR_GOOD),
        ],
    )
    def test_each_is_known_by_its_kind_and_code(self, write, smtp, command, said, state, why):
        smtp.at[command, ""] = [said]
        row = write()
        postman.deliver_due()

        found = what_became(row)
        assert found[:2] == (state, why)
        assert found[2].endswith(said[:3])

    def test_a_greylisted_mail_comes_once_and_under_its_first_name(self, write, smtp):
        smtp.at["RCPT", ""] = ["451 greylisted"] * 2
        row = write()
        for _ in range(3):
            postman.deliver_due()
            as_if_due()

        assert what_became(row)[0] == "sent"
        assert smtp.message_ids == [f"<{row.message_id}@localhost>"]

    def test_one_recipient_refused_repeats_nothing_to_the_others(self, write, smtp, contact):
        contact.recipients = "anna@clinic.example, gone@clinic.example, otto@clinic.example"
        contact.save_revision().publish()
        smtp.at["RCPT", "gone@clinic.example"] = ["550 nobody here"]
        write()
        for _ in range(2):
            postman.deliver_due()
            as_if_due()

        assert sorted(smtp.recipients) == ["anna@clinic.example", "otto@clinic.example"]
        assert Delivery.objects.get(state=State.FAILED).failure == Failure.RECIPIENT

    def test_the_servers_words_are_kept_nowhere(self, write, smtp, caplog):
        smtp.at["RCPT", ""] = [f"550 <{STAFF}> unknown, says ben@example.org"]
        row = write()
        postman.deliver_due()

        assert what_became(row)[2] == "SMTPRecipientsRefused 550"
        assert "@" not in str(Delivery.objects.values().get())
        assert "@" not in caplog.text

    def test_tls_that_is_missing_is_the_sites_to_mend(self, write, smtp, server):
        row = write()
        server(smtp.port, EMAIL_USE_TLS=True)
        postman.deliver_due()

        assert what_became(row) == ("waiting", "now", "no connection: SMTPNotSupportedError")
        assert smtp.mails == []

    def test_so_is_a_wrong_password(self, write, server):
        row = write()
        with SmtpPeer(log_in=lambda name, password: password == b"right") as peer:
            server(peer.port, EMAIL_HOST_USER="clinic", EMAIL_HOST_PASSWORD="wrong")
            postman.deliver_due()
            assert what_became(row) == ("waiting", "now", "SMTPAuthenticationError 535")

            server(peer.port, EMAIL_HOST_PASSWORD="right")
            as_if_due()
            postman.deliver_due()

        assert what_became(row)[0] == "sent"

    def test_the_others_get_theirs_over_the_same_connection(self, write, smtp):
        smtp.at["RCPT", ""] = ["451 greylisted"]
        for number in range(4):
            write(number)
        postman.deliver_due()

        assert len(smtp.mails) == 3
        assert smtp.connections == 1


class TestDrops:
    def test_before_the_mail_was_handed_over_it_is_sent_anew(self, write, smtp):
        smtp.at["RCPT", ""] = [DROP]
        row = write()
        postman.deliver_due()
        assert what_became(row)[:2] == ("waiting", "now")
        as_if_due()
        postman.deliver_due()

        assert what_became(row)[0] == "sent"
        assert len(smtp.mails) == 1

    def test_a_connection_that_the_server_gave_up_meanwhile_costs_no_attempt(self, write, smtp):
        first, second = write(1), write(2)
        smtp.at["MAIL", ""] = ["", DROP]
        postman.deliver_due()

        assert (what_became(first)[0], what_became(second)[0]) == ("sent", "sent")
        assert (second.attempts, smtp.connections, len(smtp.mails)) == (1, 2, 2)

    def test_after_data_it_is_repeated_once_under_the_same_name(self, write, smtp):
        smtp.at["DATA", ""] = [DROP]
        row = write()
        postman.deliver_due()
        assert what_became(row)[:2] == ("waiting", "dropped")
        as_if_due()
        postman.deliver_due()
        as_if_due()
        postman.deliver_due()

        assert what_became(row)[0] == "sent"
        assert smtp.message_ids == [f"<{row.message_id}@localhost>"] * 2

    def test_a_mail_sent_twice_is_not_sent_a_third_time_unasked(self, write, smtp):
        smtp.at["DATA", ""] = [DROP] * 5
        row = write()
        for _ in range(5):
            postman.deliver_due()
            as_if_due()

        assert what_became(row)[:2] == ("failed", "dropped")
        assert len(smtp.mails) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_deliver_each_row_once(smtp, contact):
    for number in range(12):
        words = {**WORDS, "message": f"Question {number}"}
        visitor().post(contact.url, words, REMOTE_ADDR=f"10.0.0.{number}")
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        while postman.deliver_due():
            pass
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(smtp.mails) == len(set(smtp.message_ids)) == 12
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}

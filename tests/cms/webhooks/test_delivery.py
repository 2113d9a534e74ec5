"""Calls over a real connection: signed, repeated, bounded, and never in the way of mail."""

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.http import http_date

from cms import vault
from cms.outbox import actions as outbox
from cms.outbox import couriers, postman, queries
from cms.outbox import events as outbox_events
from cms.outbox.management.commands import deliver as worker
from cms.outbox.models import Delivery, Failure, State
from cms.webhooks import actions, announcing, results, sending, signing
from cms.webhooks.announcing import Thing
from cms.webhooks.models import Call, Disabled, Endpoint
from tests.cms.webhooks.conftest import SECRET, deliver, endpoint_at, let_time_pass
from tests.smtp_peer import RawPeer, free_port, say_nothing
from tests.webhook_peer import read_request

pytestmark = pytest.mark.django_db

CALL_ID = re.compile(r"[0-9a-f-]{36}")


def announce(number: int = 1, event: str = "page.published", site_id: int | None = None) -> None:
    with transaction.atomic():
        announcing.announce(event, lambda: [Thing({"id": number}, site_id)])


def is_signed(request, secret: str) -> list[bool]:
    """Verify each signature as a receiver would, with nothing of the site's own code."""
    head = request.headers
    key = base64.b64decode(secret.partition("_")[2])
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.{request.body.decode()}".encode()
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return [hmac.compare_digest(right, each) for each in head["webhook-signature"].split(" ")]


def state_of(call: Call) -> str:
    return Delivery.objects.get(event=announcing.CALL, subject_id=call.pk).state


# --- What arrives ---


def test_a_call_is_signed_as_standard_webhooks_has_it(endpoint, peer):
    announce(7)
    deliver()

    (request,) = peer.received
    assert is_signed(request, SECRET) == [True]
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 60
    assert CALL_ID.fullmatch(request.headers["webhook-id"])
    assert request.path == "/hook?key=1"
    body = json.loads(request.body)
    assert (body["type"], body["data"]) == ("page.published", {"id": 7})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])


@pytest.mark.django_db(transaction=True)
def test_an_act_is_carried_out_although_an_endpoint_is_deleted_meanwhile(endpoint, peer):
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).delete()
        call = announcing.queue(endpoint, "page.published", "{}")  # read before it was deleted
    deliver()

    assert peer.received == []
    assert state_of(call) == State.SUPPRESSED


def test_the_example_of_the_standard_is_signed_in_the_same_way():
    """standardwebhooks.com, "Signature scheme": the example of the reference libraries."""
    body = b'{"test": 2432232314}'
    made = signing.headers([SECRET], name="msg_p5jXN8AQM9LWM0D4loKWxJek", moment=1614265330, body=body)

    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_no_header_but_these_is_sent(endpoint, peer, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    announce()
    deliver()

    assert set(peer.received[0].headers) == {
        "host",
        "user-agent",
        "content-type",
        "content-length",
        "accept",
        "accept-encoding",
        "connection",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    assert peer.received[0].headers["host"] == f"127.0.0.1:{peer.port}"


def test_only_what_an_endpoint_wants_of_its_site_is_sent_there(endpoint, peer, home):
    site = home.get_site()
    Endpoint.objects.update(events=["page.published"], site=site)
    announce(1, site_id=site.pk)
    announce(2, site_id=site.pk, event="page.deleted")
    announce(3)
    deliver()

    assert [json.loads(each.body)["data"]["id"] for each in peer.received] == [1]


def test_what_is_rolled_back_is_never_sent(endpoint, peer):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announcing.announce("page.published", lambda: [Thing({"id": 1}, None)])
        raise ZeroDivisionError
    deliver()

    assert peer.received == []
    assert not Call.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_outside_the_transaction_of_its_act(endpoint):
    with pytest.raises(outbox.OutsideTransactionError):
        announcing.announce("page.published", lambda: [Thing({"id": 1}, None)])


def test_a_site_without_endpoints_asks_one_question(django_assert_num_queries):
    with django_assert_num_queries(1):
        announcing.announce("page.published", lambda: pytest.fail("nobody asked"))


# --- Rotation ---


def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone(endpoint, peer, admin):
    secret = actions.rotate(endpoint, by=admin)
    announce(1)
    deliver()
    Endpoint.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    announce(2)
    deliver()

    both, one = peer.received
    assert (is_signed(both, secret), is_signed(both, SECRET)) == ([True, False], [False, True])
    assert is_signed(one, secret) == [True]
    assert actions.forget_old_secrets() == 1
    assert Endpoint.objects.get().sealed_old_secret is None


def test_a_secret_is_stored_sealed(endpoint, admin):
    secret = actions.rotate(endpoint, by=admin)

    row = Endpoint.objects.get()
    assert secret.encode() not in bytes(row.sealed_secret)
    assert vault.unseal_text(row.sealed_secret) == secret


# --- Failure and repetition ---


def test_it_is_tried_again_with_the_same_id_and_body_until_it_is_taken(endpoint, peer):
    peer.statuses = [500, 503]
    announce()
    for _ in range(3):
        deliver()
        let_time_pass()
    deliver()

    assert len(peer.received) == 3
    assert len(set(peer.ids)) == 1
    assert len({each.body for each in peer.received}) == 1
    row, call = Delivery.objects.get(), Call.objects.get()
    assert (row.state, row.attempts, call.status) == (State.SENT, 3, 204)
    assert (Endpoint.objects.get().failures, Endpoint.objects.get().failing_since) == (0, None)


def test_a_worker_that_dies_before_the_note_repeats_the_call_with_its_id(endpoint, peer, monkeypatch):
    """As if killed between the answer and the note of it: no line after the answer is run."""

    class KilledError(BaseException):
        pass

    def die(*args: object) -> None:
        raise KilledError

    announce()
    with monkeypatch.context() as killed:
        killed.setattr(results, "note", die)
        with pytest.raises(KilledError):
            postman.deliver_due()
    row = Delivery.objects.get()
    assert (row.state, row.lease_until is None) == (State.WAITING, False)
    deliver()
    assert len(peer.received) == 1, "the lease holds"
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliver()

    assert len(peer.received) == 2
    assert len(set(peer.ids)) == 1
    assert state_of(Call.objects.get()) == State.SENT


def test_a_failing_endpoint_rests_with_all_that_waits_for_it_and_delays_no_other(endpoint, peer):
    dead = endpoint_at(f"http://127.0.0.1:{free_port()}/", name="Dead")
    for number in range(5):
        announce(number)
    deliver()

    assert len(peer.received) == 5
    assert Delivery.objects.filter(recipient=dead.recipient, attempts=1).count() == 1
    assert Delivery.objects.filter(recipient=dead.recipient, attempts=0).count() == 4
    assert not Delivery.objects.due().exists()
    assert Call.objects.exclude(problem="").get().problem == "refused"
    dead.refresh_from_db()
    assert dead.failures == 1
    assert dead.rests_until > timezone.now()


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("3600", 3590, 3600),
        (" 3600 ", 3590, 3600),
        (7200, 7150, 7200),
        ("9" * 4000, 86_390, 86_400),
        (-60, 0, 60),
        ("0", 0, 60),
        ("-5", 0, 60),
        ("\u0663", 0, 60),
        ("soon", 0, 60),
        ("", 0, 60),
    ],
    ids=[
        "seconds",
        "with blanks",
        "a date",
        "for ever",
        "the past",
        "none",
        "negative",
        "other digits",
        "words",
        "empty",
    ],
)
def test_an_endpoint_rests_as_long_as_it_asks(endpoint, peer, asked, least, most):
    """A number stands for a date so many seconds from now."""
    date = isinstance(asked, int) and http_date(time.time() + asked)
    peer.statuses, peer.headers = [503], {"Retry-After": date or asked}
    announce()
    deliver()

    rests = Endpoint.objects.get().rests_until - timezone.now()
    assert least <= rests.total_seconds() <= most
    Delivery.objects.update(due_at=timezone.now())  # its own interval is over
    deliver()
    assert len(peer.received) == 1


def test_a_resting_endpoint_does_not_make_the_queue_late(endpoint, peer):
    peer.statuses = [500] * 3
    announce()
    deliver()
    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=1))

    assert queries.status().oldest_due == timedelta(0)


def test_one_that_answers_slowly_gets_a_share_of_the_time(endpoint, peer, monkeypatch):
    monkeypatch.setattr(results, "SLOW", 0.0)
    monkeypatch.setattr(results, "REST_AFTER_SLOW", 10_000)
    announce(1)
    announce(2)
    deliver()

    assert len(peer.received) == 1
    assert Delivery.objects.waiting().get().due_at > timezone.now()


def test_410_disables_an_endpoint_at_once_and_administrators_get_a_mail(endpoint, peer, admin, smtp):
    peer.statuses = [410]
    announce(1)
    announce(2)
    deliver()

    endpoint.refresh_from_db()
    assert endpoint.disabled == Disabled.GONE
    assert len(peer.received) == 1
    states = Delivery.objects.filter(event=announcing.CALL).order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.FAILED, State.SUPPRESSED]
    (mail,) = smtp.mails
    assert mail["To"] == admin.email
    assert "410 Gone" in mail.get_content()
    announce(3)
    assert Call.objects.count() == 2


def test_one_that_fails_for_three_days_is_disabled(endpoint, peer, admin, smtp):
    peer.statuses = [500, 500]
    announce()
    deliver()
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=3, seconds=1))
    let_time_pass()
    deliver()

    endpoint.refresh_from_db()
    assert endpoint.disabled == Disabled.FAILING
    assert len(smtp.mails) == 1


def test_a_call_that_is_three_days_old_is_tried_no_more(endpoint, peer):
    peer.statuses = [400]
    announce()
    Call.objects.update(created_at=timezone.now() - timedelta(days=3, seconds=1))
    deliver()

    row = Delivery.objects.get()
    assert (row.state, row.failure, row.last_answer) == (State.FAILED, Failure.FOR_GOOD, "HTTP 400")
    assert Endpoint.objects.get().disabled == ""


def test_a_call_is_not_made_once_its_endpoint_is_disabled(endpoint, peer):
    """Also where its row was not ended with it, because a worker held it just then."""
    announce()
    Endpoint.objects.update(disabled=Disabled.BY_STAFF)
    deliver()

    assert peer.received == []
    assert state_of(Call.objects.get()) == State.SUPPRESSED


def test_a_month_later_calls_and_their_rows_are_forgotten(endpoint, peer):
    announce(1)
    deliver()
    Call.objects.update(created_at=timezone.now() - timedelta(days=31))
    announce(2)

    assert actions.forget_old() == 1
    assert Call.objects.count() == Delivery.objects.count() == 1


# --- Answers of every kind ---


def drip(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.05):
        line.sendall(b"X-More: 1\r\n")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(endpoint, peer, status):
    peer.statuses, peer.headers = [status], {"Location": f"{peer.url}/elsewhere"}
    announce()
    deliver()

    assert len(peer.received) == 1
    assert Call.objects.get().status == status
    assert Delivery.objects.get().state == State.WAITING


def test_an_endless_body_is_not_read(db, settings, peer):
    sent = []

    def talk(line: socket.socket, over: threading.Event) -> None:
        read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while not over.is_set():
            sent.append(line.send(b"x" * 4096))

    with RawPeer(talk) as raw:
        endpoint_at(f"http://127.0.0.1:{raw.port}/")
        announce()
        began = time.monotonic()
        deliver()

    assert time.monotonic() - began < 5
    assert Delivery.objects.get().state == State.SENT


@pytest.mark.parametrize("talk", [say_nothing, drip])
def test_one_that_never_ends_its_answer_is_cut_off(db, peer, monkeypatch, talk):
    monkeypatch.setattr(sending, "TIME_LIMIT", 0.5)
    with RawPeer(talk) as raw:
        endpoint_at(f"http://127.0.0.1:{raw.port}/")
        announce()
        began = time.monotonic()
        deliver()

    assert time.monotonic() - began < 5
    assert Call.objects.get().problem == "timeout"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "no HTTP"),
        (b"", "no connection"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200, "no HTTP"),
        (b"HTTP/1.1 " + b"9" * 70_000, "no HTTP"),
    ],
)
def test_what_is_no_answer_is_named(db, peer, said, problem):
    def talk(line: socket.socket, over: threading.Event) -> None:
        read_request(line)
        line.sendall(said)

    with RawPeer(talk) as raw:
        endpoint_at(f"http://127.0.0.1:{raw.port}/")
        announce()
        deliver()

    assert Call.objects.get().problem == problem


# --- The worker ---


@pytest.mark.django_db(transaction=True)
def test_a_silent_endpoint_holds_up_no_mail(peer, smtp, admin, monkeypatch):
    """The worker itself, with its threads: mail goes out while a call hangs."""
    mailed, stop = threading.Event(), threading.Event()
    smtp.after_data = lambda mail: mailed.set()
    hanging = threading.Event()

    def talk(line: socket.socket, over: threading.Event) -> None:
        hanging.set()
        over.wait()

    with RawPeer(talk) as raw:
        endpoint_at(f"http://127.0.0.1:{raw.port}/")
        announce()
        thread = threading.Thread(target=worker.work, args=(stop,))
        thread.start()
        try:
            assert hanging.wait(30)
            send_mail("A page waits", "Please review it.", None, ["ann@example.org"])
            assert mailed.wait(30)
            assert Call.objects.get().answered_at is None
        finally:
            stop.set()
            raw.over.set()
            thread.join()


@contextmanager
def working() -> Iterator[None]:
    """Run the worker itself, with its threads."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Hanging:
    """An endpoint that takes a call and never answers; ``calls`` counts those that wait for it."""

    def __init__(self) -> None:
        self.calls = threading.Semaphore(0)

    def __call__(self, line: socket.socket, over: threading.Event) -> None:
        self.calls.release()
        over.wait()


@pytest.mark.django_db(transaction=True)
def test_five_endpoints_that_hang_delay_no_other(peer):
    hanging = Hanging()
    with ExitStack() as stack:
        raws = [stack.enter_context(RawPeer(hanging)) for _ in range(5)]
        for raw in raws:
            endpoint_at(f"http://127.0.0.1:{raw.port}/")
        endpoint_at(peer.url)
        announce(1)
        announce(2)
        with working():
            assert all(hanging.calls.acquire(timeout=30) for _ in raws)
            assert peer.arrived.wait(30)
            peer.arrived.clear()
            announce(3)
            assert peer.arrived.wait(30)
            assert Call.objects.exclude(endpoint__url=peer.url).filter(answered_at=None).count() == 15
            assert not hanging.calls.acquire(blocking=False), "one call at a time for each endpoint"
            for raw in raws:
                raw.over.set()


@pytest.mark.django_db(transaction=True)
def test_no_more_endpoints_than_there_are_lanes_are_called_at_once(peer, monkeypatch):
    monkeypatch.setattr(couriers, "MOST_LANES", 2)
    monkeypatch.setattr(worker, "LOOK_EVERY", 0.05)
    hanging = Hanging()
    with ExitStack() as stack:
        raws = [stack.enter_context(RawPeer(hanging)) for _ in range(3)]
        for raw in raws:
            endpoint_at(f"http://127.0.0.1:{raw.port}/")
        announce()
        with working():
            assert all(hanging.calls.acquire(timeout=30) for _ in range(2))
            assert not hanging.calls.acquire(timeout=1)
            for raw in raws:
                if raw.connections:
                    raw.over.set()
            assert hanging.calls.acquire(timeout=30)
            for raw in raws:
                raw.over.set()


def test_a_worker_has_threads_for_calls_and_takes_all_else_itself():
    assert outbox_events.of(["webhook"]) == [announcing.CALL]


def test_deliver_once_takes_calls_as_well(endpoint, peer):
    announce()
    call_command("deliver", once=True)

    assert len(peer.received) == 1

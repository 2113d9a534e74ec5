import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from blog.comments.models import ReaderComment
from cms.rate_limit import actions, clients
from cms.rate_limit.models import Bucket
from home.contact.models import ContactMessage
from tests.blog.comments.posting.test_life import form_on
from tests.conftest import visitor
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


def comment(client, post, number: int, **extra):
    words = {"name": "Ann", "email": f"ann{number}@example.org", "comment": f"Words {number}"}
    return client.post(post.url, {**form_on(client, post.url), **words}, **extra)


def test_five_comments_at_once_then_one_each_half_minute(client, post, time_machine):
    time_machine.move_to("2026-11-20 10:00:00+00:00", tick=False)
    assert [comment(client, post, number).status_code for number in range(5)] == [303] * 5

    refused = comment(client, post, 5)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "Words 5" in refused.content.decode()
    assert "send them in 30 seconds" in refused.content.decode()

    time_machine.shift(31)
    assert comment(client, post, 5).status_code == 303
    assert comment(client, post, 6).status_code == 429
    assert ReaderComment.objects.count() == 6


def test_messages_have_a_bucket_of_their_own(client, post, contact):
    for number in range(5):
        comment(client, post, number)
    for number in range(5):
        words = {"name": "Ann", "email": "ann@example.org", "message": f"Question {number}"}
        assert client.post(contact.url, words).status_code == 303

    refused = client.post(contact.url, {**words, "message": "One more"})

    assert refused.status_code == 429
    assert "One more" in refused.content.decode()
    assert ContactMessage.objects.count() == 5


def test_the_api_counts_in_the_same_bucket(client, post):
    for number in range(5):
        comment(client, post, number)

    body = json.dumps({"name": "Ann", "email": "ann@example.org", "comment": "By program"})
    refused = client.post(f"/api/v1/posts/{post.pk}/comments/", body, content_type="application/json")

    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert int(refused["Retry-After"]) > 0


def test_a_form_with_mistakes_and_a_repeat_cost_nothing(client, post):
    for _ in range(10):
        client.post(post.url, {**form_on(client, post.url), "name": "", "email": "x", "comment": ""})
        comment(client, post, 1)

    assert [comment(client, post, number).status_code for number in range(2, 6)] == [303] * 4


def test_another_client_is_not_kept_waiting(post):
    for number in range(6):
        comment(visitor(), post, number)

    assert comment(visitor(), post, 7, REMOTE_ADDR="203.0.113.9").status_code == 303


def test_no_address_of_the_network_is_kept(client, post):
    comment(client, post, 1, REMOTE_ADDR="203.0.113.9")

    assert "203.0.113" not in str(Bucket.objects.values().get())


def test_a_client_is_another_one_tomorrow_and_forgotten(time_machine):
    request = RequestFactory().get("/")
    time_machine.move_to("2026-11-20 10:00:00+00:00")
    today = clients.of(request, "comment")
    actions.take(today)
    time_machine.move_to("2026-11-21 10:00:01+00:00")

    assert clients.of(request, "comment") != today
    assert actions.forget_old() == 1


def test_a_machine_has_one_bucket_for_its_whole_ipv6_network():
    first, second, other = (
        clients.of(RequestFactory().get("/", REMOTE_ADDR=address), "comment")
        for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1")
    )

    assert first == second != other


def word(door: str, number: int, address: str, post, contact) -> int:
    """Send words by one of the doors that anybody may use; return the answer's status."""
    name, client = {"name": "Ann", "email": f"ann{number}@example.org"}, visitor()
    at = {"REMOTE_ADDR": address}
    if door == "comment":
        return comment(client, post, number, **at).status_code
    if door == "message":
        return client.post(contact.url, {**name, "message": f"Question {number}"}, **at).status_code
    if door == "report":
        reported = CommentFactory(page=post, approved=True)
        return client.post(f"{post.url}comments/{reported.pk}/report/", {"reason": "spam"}, **at).status_code
    url, words = {
        "API comment": (f"/api/v1/posts/{post.pk}/comments/", {"comment": f"Words {number}"}),
        "API message": (f"/api/v1/contact/{contact.pk}/", {"message": f"Question {number}"}),
    }[door]
    return client.post(url, json.dumps(name | words), content_type="application/json", **at).status_code


@pytest.mark.parametrize("door", ["comment", "message", "report", "API comment", "API message"])
def test_the_65536_networks_of_one_connection_have_six_times_the_budget_of_one(
    post, contact, door, time_machine
):
    time_machine.move_to("2026-11-20 10:00:00+00:00", tick=False)
    neighbour = "2001:db8:7:ffff::1"
    greedy = [word(door, number, "2001:db8:7:1::1", post, contact) for number in range(6)]
    assert greedy[-1] == 429
    assert word(door, 6, neighbour, post, contact) < 400

    many = [word(door, number, f"2001:db8:7:{number:x}::1", post, contact) for number in range(10, 44)]

    assert [status < 400 for status in many] == 24 * [True] + 10 * [False]
    assert word(door, 50, "2001:db8:8::1", post, contact) < 400
    assert word(door, 51, "203.0.113.9", post, contact) < 400


def test_tokens_are_given_back_in_the_order_they_were_taken_in():
    """On PostgreSQL one statement for all would lock them as they lie in the table, here the second first."""
    for client in ("second", "first"):
        actions.take(client)

    with CaptureQueriesContext(connection) as asked:
        actions.give_back("first", "second")

    updates = [each["sql"] for each in asked if each["sql"].startswith("UPDATE")]
    assert [("'first'" in update, "'second'" in update) for update in updates] == [
        (True, False),
        (False, True),
    ]
    assert set(Bucket.objects.values_list("tokens", flat=True)) == {actions.CAPACITY}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer: it cannot deadlock")
@pytest.mark.django_db(transaction=True)
def test_who_gives_back_and_who_takes_do_not_wait_for_each_other():
    for client in ("second", "first"):
        actions.take(client)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        actions.take("first")
        giving = pool.submit(give_back_and_close, "first", "second")
        wait_until_something_waits_for_a_lock()
        actions.take("second")
    giving.result(timeout=10)


def give_back_and_close(*clients: str) -> None:
    try:
        actions.give_back(*clients)
    finally:
        connection.close()


def wait_until_something_waits_for_a_lock() -> None:
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nothing waits.")

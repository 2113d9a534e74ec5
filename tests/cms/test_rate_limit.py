import json
from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from blog.comments.models import ReaderComment
from cms.rate_limit import actions, clients
from cms.rate_limit.models import Bucket
from home.contact.models import ContactMessage
from tests.blog.comments.test_life import form_on
from tests.conftest import visitor

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


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("", "198.51.100.7", "None"),
    ],
)
def test_a_forwarded_address_counts_only_as_far_as_proxies_of_ours_vouch_for_it(
    settings, remote, forwarded, found
):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})

    assert str(clients.address_of(request)) == found


def test_a_machine_has_one_bucket_for_its_whole_ipv6_network():
    first, second, other = (
        clients.of(RequestFactory().get("/", REMOTE_ADDR=address), "comment")
        for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1")
    )

    assert first == second != other

"""What is odd about a message, and what is the same message again."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cms.outbox.models import Delivery
from cms.rate_limit.models import Bucket
from home.contact.models import ContactMessage
from tests.blog.comments.moderation.test_concurrency import at_once
from tests.conftest import signed_in, visitor
from tests.factories import ContactPageFactory

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ben Ode", "email": "ben@example.org", "message": "Do you open on Saturdays?"}


def seal_on(client, url: str) -> dict[str, str]:
    """What the page's form sends without being asked."""
    page = client.get(url).content.decode()
    return {"seal": re.search(r'name="seal" value="([^"]+)"', page).group(1)}


def send(page, body: object = WORDS, key: str = ""):
    headers = {"Idempotency-Key": key} if key else {}
    url = f"/api/v1/contact/{page.pk}/"
    return visitor().post(url, json.dumps(body), content_type="application/json", headers=headers)


def reasons() -> list[str]:
    message = ContactMessage.objects.get()
    assert message.state == "new"
    assert Delivery.objects.count() == 1, "marked, and mailed all the same"
    return message.reasons


# --- Odd ---


def test_a_message_from_a_page_that_was_read_is_marked_with_nothing(client, contact):
    with time_machine.travel(0, tick=False) as clock:
        form = seal_on(client, contact.url)
        clock.shift(timedelta(seconds=2))
        client.post(contact.url, {**WORDS, **form})

    assert reasons() == []


def test_one_sent_at_once_is_marked_as_too_fast(client, contact, front_desk):
    with time_machine.travel(timezone.now(), tick=False):
        assert client.post(contact.url, {**WORDS, **seal_on(client, contact.url)}).status_code == 303

    assert reasons() == ["too-fast"]
    page = signed_in(front_desk).get(f"/admin/messages/{ContactMessage.objects.get().pk}/")
    assert "Sent within two seconds of opening the page" in page.content.decode()


@pytest.mark.parametrize("seal", ["", "x", "1:2:3", "\0", "9" * 5000, "é:1"])
def test_one_without_the_pages_seal_is_marked_and_kept(client, contact, seal):
    assert client.post(contact.url, {**WORDS, "seal": seal}).status_code == 303

    assert reasons() == ["unsealed"]


def test_the_seal_of_another_page_is_none(client, home, contact):
    shop = ContactPageFactory(parent=home, title="Shop", slug="shop")

    client.post(contact.url, {**WORDS, **seal_on(client, shop.url)})

    assert reasons() == ["unsealed"]


@pytest.mark.parametrize(("days", "found"), [(6, []), (8, ["unsealed"])])
def test_a_page_may_be_kept_for_days_but_not_for_ever(client, contact, days, found):
    form = seal_on(client, contact.url)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        client.post(contact.url, {**WORDS, **form})

    assert reasons() == found


def test_the_api_shows_no_page_and_asks_for_no_seal(contact):
    assert send(contact).status_code == 202

    assert reasons() == []


def test_a_form_that_comes_back_with_a_mistake_has_a_fresh_seal(client, contact):
    page = client.post(contact.url, {**WORDS, "name": "", "seal": "old"}).content.decode()

    assert re.search(r'name="seal" value="[^"]{20,}"', page)


# --- Again ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["", "one"])
def test_five_identical_messages_at_once_are_one(contact, key):
    answers = at_once(5, lambda number: send(contact, key=key))

    assert [answer.status_code for answer in answers] == [202] * 5
    assert len({answer.content for answer in answers}) == 1
    assert ContactMessage.objects.count() == Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_five_messages_at_once_under_one_key_one_is_stored_and_the_others_conflict(contact):
    answers = at_once(5, lambda number: send(contact, {**WORDS, "message": f"Words {number}"}, key="one"))

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409]
    assert ContactMessage.objects.count() == 1


def test_the_same_key_with_other_words_is_an_error(contact):
    assert send(contact, key="one").status_code == send(contact, key="one").status_code == 202

    other = send(contact, {**WORDS, "message": "Other words"}, key="one")

    assert (other.status_code, other.json()["status"]) == (409, 409)
    assert send(contact, {**WORDS, "message": "Other words"}, key="two").status_code == 202
    assert ContactMessage.objects.count() == 2


def test_a_key_counts_on_one_page(home, contact):
    shop = ContactPageFactory(parent=home, title="Shop", slug="shop")

    assert send(contact, key="one").status_code == send(shop, key="one").status_code == 202
    assert ContactMessage.objects.count() == 2


def test_a_repeat_takes_nothing_from_the_rate_limit(contact):
    send(contact)
    before = Bucket.objects.get().tokens
    for _ in range(8):
        assert send(contact).status_code == 202

    assert Bucket.objects.get().tokens == before


@pytest.mark.parametrize(("hours", "kept"), [(23, 1), (25, 2)])
def test_who_asks_the_same_a_day_later_asks_again(contact, hours, kept):
    send(contact)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert send(contact).status_code == 202

    assert ContactMessage.objects.count() == Delivery.objects.count() == kept


def test_the_sixth_message_at_once_waits_with_its_words_kept(client, contact):
    for number in range(5):
        client.post(contact.url, {**WORDS, "message": f"Words {number}"})

    answer = client.post(contact.url, WORDS)

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 30
    assert "Do you open on Saturdays?" in answer.content.decode()
    assert ContactMessage.objects.count() == 5


@pytest.mark.parametrize("key", ["x" * 256, "\u00e9", "a\x7fb"])
def test_an_odd_key_breaks_nothing(contact, key):
    assert send(contact, key=key).status_code == (422 if len(key) > 255 else 202)

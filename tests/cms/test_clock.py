"""The machine's clock is wrong, and is put right while people write."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from cms.outbox.models import Delivery, State
from home.contact.models import ContactMessage
from tests.blog.comments.posting.test_life import form_on
from tests.conftest import visitor

pytestmark = pytest.mark.django_db

WORDS = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}
MESSAGE = {"name": "Ben", "email": "ben@example.org", "message": "Do you open on Saturdays?"}
JUMPS = [timedelta(hours=-2), timedelta(days=-400), timedelta(days=3)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_form_from_before_is_taken_after_and_pages_are_shown(client, post, contact, jump):
    fields = {**form_on(client, post.url), **WORDS}
    with time_machine.travel(timezone.now() + jump):
        assert client.post(post.url, fields).status_code == 303
        assert client.post(contact.url, MESSAGE).status_code == 303
        for url in ("/", "/blog/", post.url, "/api/v1/posts/", "/blog/feed/"):
            assert client.get(url).status_code == 200, url

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        for url in ("/", "/blog/", post.url, "/api/v1/posts/"):
            assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_mail_from_before_goes_out_after(client, contact, smtp, jump):
    """Set back, it waits until the clock has caught up; from the right time on nothing is left."""
    with time_machine.travel(timezone.now() + jump):
        client.post(contact.url, MESSAGE)
    call_command("deliver", once=True)
    if jump > timedelta():
        assert Delivery.objects.get().state == State.WAITING
        with time_machine.travel(timezone.now() + jump + timedelta(minutes=1)):
            call_command("deliver", once=True)

    assert Delivery.objects.get().state == State.SENT
    assert len(smtp.mails) == 1


def test_a_clock_that_runs_ahead_and_is_put_right_keeps_nobody_from_writing(post, contact):
    """The rate limit's buckets were filled in the future."""
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        visitor().post(contact.url, MESSAGE)
    for number in range(3):
        answer = visitor().post(contact.url, {**MESSAGE, "message": f"Question {number}"})
        assert answer.status_code == 303
    assert ContactMessage.objects.count() == 4

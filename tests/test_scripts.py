"""Words of every script and of any layout arrive whole, at every door where they come in."""

import pytest

from blog.comments.models import Decision, ReaderComment, Report
from home.contact.models import ContactMessage
from tests.blog.comments.posting.test_life import form_on
from tests.conftest import visitor, with_token
from tests.factories import CommentFactory, ContactPageFactory
from tests.test_bad_input import bearer, post_json

pytestmark = pytest.mark.django_db

TABLE = "Monday\t09:00\tAda\nTuesday\x0b10:00\x85Bea\x0cCy\u2028Di\u2029Ed\rFay"
WHOLE = [
    "\U0001fae8",  # Unicode 15
    "\U0001fae9",  # 16
    "\U0001faea",  # 17
    "👩🏽\u200d🚀 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 🇺🇦 1️⃣",
    "می\u200cخواهم بخوابم",
    "क्\u200dष, नींद की कमी",
    "睡眠不足、困る。",
    "บ่ายโมง",
]
NOTHING = [
    "\u200b\u200d",
    "\u200f\u061c",
    "\U000e0067\U000e007f",
    "\ufe0f",
    "\u3164\u115f",
    "\u2800",
    "\u2060\u00ad",
    "\U000e0100",
]


def in_words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("door", ["form", "api", "edit", "api edit"])
@pytest.mark.parametrize("words", [TABLE, *WHOLE])
def test_a_comment_is_kept_whole(client, post, door, words):
    sent = {
        "name": "Ada\tByron",
        "email": "ada@example.org",
        "comment": words if "edit" not in door else "Before.",
    }
    if "api" in door:
        own = post_json(f"/api/v1/posts/{post.pk}/comments/", sent).json()
    else:
        assert client.post(post.url, {**form_on(client, post.url), **sent}).status_code == 303
    comment = ReaderComment.objects.get()
    if door == "edit":
        assert client.post(f"{post.url}comments/{comment.pk}/edit/", {"comment": words}).status_code == 303
    elif door == "api edit":
        url = f"/api/v1/comments/{comment.pk}/"
        assert post_json(url, {"comment": words}, method="PATCH", **bearer(own)).status_code == 200

    comment.refresh_from_db()
    assert in_words(comment.comment) == in_words(words.replace("\x85", " "))
    assert comment.user_name == "Ada Byron"


@pytest.mark.parametrize("words", NOTHING)
def test_what_nobody_can_see_is_still_nothing(client, post, contact, words):
    sent = {**form_on(client, post.url), "name": "Ada", "email": "ada@example.org", "comment": words}
    message = {"name": "Ben", "email": "ben@example.org", "message": words}

    assert client.post(post.url, sent).status_code == 422
    assert post_json(f"/api/v1/posts/{post.pk}/comments/", sent).status_code == 422
    assert client.post(contact.url, message).status_code == 422
    assert post_json(f"/api/v1/contact/{contact.pk}/", message).status_code == 422


@pytest.mark.parametrize("door", ["form", "api"])
def test_a_message_and_its_answers_are_kept_whole(client, home, door):
    page = ContactPageFactory(parent=home, asking=True)
    fields = visitor().get(f"/api/v1/contact/{page.pk}/").json()["fields"]
    asked = {field["label"]: field["name"] for field in fields}
    sent = {"name": "Ben\x0bOde", "email": "ben@example.org", "message": TABLE, "telephone": "01632\t960123"}
    sent |= {asked["Where do you live?"]: "Thornby\x85Wick", asked["What have you tried? (optional)"]: TABLE}
    tick = asked["I have read the notice"]
    if door == "api":
        assert post_json(f"/api/v1/contact/{page.pk}/", {**sent, tick: True}).status_code == 202
    else:
        assert client.post(page.url, {**sent, tick: "on"}).status_code == 303

    message = ContactMessage.objects.get()
    kept = {label: in_words(words) for label, words in message.fields}
    table = in_words(TABLE.replace("\x85", " "))
    assert message.name == "Ben Ode"
    assert kept["Telephone"] == "01632 960123"
    assert kept["Where do you live?"] == "Thornby Wick"
    assert kept["Message"] == kept["What have you tried?"] == table


def test_a_report_and_a_reason_are_kept_whole(client, post, moderator):
    comment = CommentFactory(page=post, approved=True)
    client.post(f"{post.url}comments/{comment.pk}/report/", {"reason": "other", "words": TABLE})
    comment.refresh_from_db()
    url = f"/api/v1/moderation/comments/{comment.pk}/hold/"
    answer = post_json(
        url, {"version": comment.version, "reason": "One\ttwo\x85three"}, with_token(moderator)
    )

    assert in_words(Report.objects.get().words) == in_words(TABLE.replace("\x85", " "))
    assert answer.status_code == 200
    assert "One two three" in Decision.objects.order_by("pk").last().reasons

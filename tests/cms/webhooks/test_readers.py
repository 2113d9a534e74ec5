"""Comments and messages: what is shown is told, what is held is not, and no word of either leaves."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from wagtail.models import Page, PageViewRestriction

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from blog.comments.privacy import personal_data
from cms.webhooks import events
from home.contact import actions as messages
from home.contact.models import ContactMessage
from tests import crawl
from tests.cms.webhooks.conftest import deliver, names, told
from tests.conftest import visitor
from tests.factories import CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
CANARY = "kq7heldv3x@canary-one.example"
OF_STAFF = "zt4staff9w@canary-two.example"
SECRET_WORDS = ["zephyrqueenly", "quartzjumble", "wyvernsphinx"]


@pytest.fixture(autouse=True)
def _quiet(endpoint, post, contact, peer) -> None:
    told(peer)


def decide(verb: str, comment: ReaderComment, moderator) -> ReaderComment:
    comment.refresh_from_db()
    return actions.VERBS[verb](comment, by=moderator, version=comment.version)


def comment_by_api(post, **words: str) -> dict:
    body = {"name": "Ann", "email": "ann@example.org", "comment": "Thanks.", **words}
    answer = visitor().post(f"/api/v1/pages/id:{post.pk}/comments/", body, content_type="application/json")
    assert answer.status_code == 202, answer.content
    return answer.json()


def test_a_held_comment_is_told_of_when_it_is_approved_and_not_before(post, peer, moderator):
    receipt = comment_by_api(post)
    assert told(peer) == []

    decide("approve", ReaderComment.objects.get(), moderator)
    (body,) = told(peer)
    page = f"{SITE}{post.url.removeprefix(SITE)}"
    assert body["type"] == "comment.approved"
    assert body["data"] == {
        "id": receipt["id"],
        "url": f"{page}#comment-{receipt['id']}",
        "page": {
            "id": post.pk,
            "url": page,
            "api_url": f"{SITE}/api/v1/pages/id:{post.pk}/",
            "comments_api_url": f"{SITE}/api/v1/pages/id:{post.pk}/comments/",
        },
    }


def test_the_address_of_its_list_answers(post, peer, client):
    CommentFactory(page=post, approved=True)
    (body,) = told(peer)

    url = body["data"]["page"]["comments_api_url"].removeprefix(SITE)
    assert client.get(url).json()["items"][0]["id"] == body["data"]["id"]


@pytest.mark.parametrize("verb", ["hold", "spam", "trash"])
def test_one_that_is_taken_down_is_removed(post, peer, moderator, verb):
    comment = CommentFactory(page=post, approved=True)
    told(peer)
    decide(verb, comment, moderator)

    assert names(told(peer)) == ["comment.removed"]
    decide("trash", comment, moderator)
    decide("spam", comment, moderator)
    assert told(peer) == []


def test_one_that_is_deleted_for_good_is_removed_once(post, peer, moderator):
    comment = CommentFactory(page=post, approved=True)
    told(peer)
    actions.delete(comment, by=moderator, version=comment.version)

    assert names(told(peer)) == ["comment.removed"]


def test_replies_come_and_go_with_the_comment_above_them(post, peer, moderator):
    top = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, reply_to_id=top.pk, approved=True)
    told(peer)
    decide("hold", top, moderator)
    gone = told(peer)
    decide("approve", top, moderator)
    come = told(peer)

    assert names(gone) == ["comment.removed"] * 2
    assert names(come) == ["comment.approved"] * 2
    assert (
        {body["data"]["id"] for body in gone} == {body["data"]["id"] for body in come} == {top.pk, reply.pk}
    )


def test_an_edit_is_told_when_it_is_shown(post, peer, moderator):
    receipt = comment_by_api(post)
    comment = decide("approve", ReaderComment.objects.get(), moderator)
    told(peer)
    author = visitor(authorization=f"Bearer {receipt['token']}")
    url = f"/api/v1/comments/{receipt['id']}/"
    author.patch(url, {"comment": "Other words."}, content_type="application/json")
    assert told(peer) == [], "it waits for a moderator"

    decide("approve", comment, moderator)
    assert names(told(peer)) == ["comment.edited"]
    comment.refresh_from_db()
    actions.edit(comment, "Words of a moderator.", by=moderator, version=comment.version)
    assert names(told(peer)) == ["comment.edited"]


def test_an_author_withdraws(post, peer, moderator):
    receipt = comment_by_api(post)
    decide("approve", ReaderComment.objects.get(), moderator)
    told(peer)
    visitor(authorization=f"Bearer {receipt['token']}").delete(f"/api/v1/comments/{receipt['id']}/")

    assert names(told(peer)) == ["comment.withdrawn"]


def test_many_that_are_decided_at_once(post, peer, moderator):
    comments = [CommentFactory(page=post) for _ in range(3)]
    actions.decide_all("approve", {each.pk: each.version for each in comments}, by=moderator)

    assert names(told(peer)) == ["comment.approved"] * 3


def test_the_command_does_as_the_desk(post, peer, moderator):
    comment = CommentFactory(page=post)
    call_command("comments", "approve", str(comment.pk), "--as", moderator.username)

    assert names(told(peer)) == ["comment.approved"]


def test_an_answer_of_staff_is_shown_at_once(post, peer, moderator):
    comment = CommentFactory(page=post, approved=True)
    told(peer)
    actions.reply(comment, "An answer.", by=moderator, version=comment.version)

    assert names(told(peer)) == ["comment.approved"]


@pytest.mark.parametrize(
    ("keep_text", "expected"),
    [(True, ["comment.edited"]), (False, ["comment.edited", "comment.withdrawn"])],
)
def test_a_person_who_is_erased(post, peer, keep_text, expected):
    CommentFactory(page=post, address="ann@example.org", approved=True)
    CommentFactory(page=post, address="ann@example.org")
    told(peer)
    personal_data.erase("ann@example.org", keep_text=keep_text)

    assert names(told(peer)) == expected


def test_nothing_is_told_of_comments_on_a_page_that_is_not_public(post, peer, moderator):
    comment = CommentFactory(page=post)
    PageViewRestriction.objects.create(page=post, restriction_type="login")
    told(peer)
    decide("approve", comment, moderator)
    decide("trash", comment, moderator)

    assert told(peer) == []


def test_comments_that_vanish_with_their_page_are_told_with_the_page(post, peer):
    CommentFactory(page=post, approved=True)
    told(peer)
    Page.objects.get(pk=post.pk).delete()

    assert names(told(peer)) == ["page.deleted"]


# --- Messages ---


def send(contact, **words: str) -> None:
    form = {"name": "Ben", "email": "ben@example.org", "message": "Hello", **words}
    assert visitor().post(contact.url, form).status_code == 303


def test_a_message_is_told_of_by_its_number_and_page(contact, peer):
    send(contact)

    (body,) = told(peer)
    message = ContactMessage.objects.get()
    assert body["type"] == "message.received"
    assert body["data"]["id"] == message.pk
    assert body["data"]["page"]["id"] == contact.pk
    assert set(body["data"]) == {"id", "page"}


def test_spam_is_not_told_of_until_it_is_none_and_then_once(contact, peer, front_desk):
    send(contact, website="filled by a robot", honeypot="filled by a robot")
    message = ContactMessage.objects.get()
    ContactMessage.objects.update(state="spam")
    if told(peer):
        pytest.fail("spam was told of")
    for _ in range(2):
        messages.mark_as_not_spam(message, by=UserFactory(admin=True))
        messages.mark_as_spam(message, by=UserFactory(admin=True))

    assert names(told(peer)) == ["message.received"]


# --- What never leaves ---


def test_no_request_has_an_address_or_a_word_that_is_not_public(blog, contact, peer, moderator, admin):
    """Every event is caused, by people with canary addresses and with words that would be recognised."""
    held, said, note = SECRET_WORDS
    get_user_model().objects.update(email=OF_STAFF)
    post = PostFactory(parent=blog, slug="canary")
    CommentFactory(page=post, address=CANARY, name=held, text=held)
    receipt = comment_by_api(post, email=CANARY, name=said, comment=said)
    comment = decide("approve", ReaderComment.objects.latest("pk"), moderator)
    author = visitor(authorization=f"Bearer {receipt['token']}")
    url = f"/api/v1/comments/{receipt['id']}/"
    author.patch(url, {"comment": f"{said} {held}"}, content_type="application/json")
    decide("approve", comment, moderator)
    decide("trash", comment, moderator)
    decide("restore", comment, moderator)
    author.delete(url)
    send(contact, email=CANARY, message=note, name=note)
    post.slug = "moved"
    post.save_revision().publish()
    PageViewRestriction.objects.create(page=post, restriction_type="login")
    Page.objects.get(pk=post.pk).specific.unpublish()
    Page.objects.get(pk=post.pk).specific.get_latest_revision().publish()
    Page.objects.get(pk=post.pk).delete()
    told_of = told_raw(peer)

    assert {json.loads(body)["type"] for _, body in told_of} == events.LABELS.keys()
    everything = b"".join(head + body for head, body in told_of)
    assert crawl.leaks(everything, [CANARY, OF_STAFF]) == []
    assert [word for word in SECRET_WORDS if word.encode() in everything] == []


def test_the_canary_is_seen_where_it_sings():
    assert crawl.leaks(json.dumps({"by": CANARY}).encode(), [CANARY])


def told_raw(peer) -> list[tuple[bytes, bytes]]:
    deliver()
    return [(json.dumps([each.path, each.headers]).encode(), each.body) for each in peer.received]

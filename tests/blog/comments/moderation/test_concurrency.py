"""Many at once, on the database as it is: threads that commit, not one transaction that pretends."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from blog.comments.models import Decision, Reader, ReaderComment, Token
from blog.comments.moderation import actions
from blog.comments.moderation.submissions import Submission
from home.contact.models import ContactMessage
from tests.conftest import visitor
from tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 32


def at_once(number: int, work: Callable[[int], object]) -> list[object]:
    """Do the work in so many threads, all let go at the same moment. What one raises is raised here."""
    start = threading.Barrier(number)

    def one(which: int) -> object:
        try:
            start.wait(timeout=30)
            return work(which)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def post_by_api(url: str, number: int, **headers: str):
    body = {"name": "Ann", "email": "ann@example.org", "comment": "The same words"}
    return visitor(**headers).post(url, json.dumps(body), content_type="application/json")


def test_thirty_two_writers_lose_nothing(post):
    receipts = at_once(
        WRITERS,
        lambda number: actions.submit(
            Submission(page=post, name=f"Reader {number}", address=f"r{number}@example.org", text="Words")
        ),
    )

    assert len({receipt.comment_id for receipt in receipts}) == WRITERS
    assert ReaderComment.objects.count() == Reader.objects.count() == Decision.objects.count() == WRITERS


def test_thirty_two_replies_into_one_thread_find_their_parents(post):
    top = CommentFactory(page=post, approved=True)
    middle = CommentFactory(page=post, approved=True, reply_to_id=top.pk)

    at_once(
        WRITERS,
        lambda number: actions.submit(
            Submission(
                page=post,
                name="Reader",
                address="one@example.org",
                text=f"Reply {number}",
                reply_to_id=(top if number % 2 else middle).pk,
            )
        ),
    )

    replies = ReaderComment.objects.filter(comment__startswith="Reply")
    assert replies.count() == WRITERS
    for reply in replies:
        number = int(reply.comment.split()[1])
        parent = top if number % 2 else middle
        assert (reply.in_reply_to_id, reply.root_id, reply.level) == (parent.pk, top.pk, parent.level + 1)


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "one"}], ids=["same words", "same key"])
def test_five_identical_submissions_at_once_are_one_comment(post, headers):
    url = f"/api/v1/posts/{post.pk}/comments/"

    answers = at_once(5, lambda number: post_by_api(url, number, **headers))

    assert [answer.status_code for answer in answers] == [202] * 5
    assert len({(answer.json()["id"], answer.json()["status"]) for answer in answers}) == 1
    assert ReaderComment.objects.count() == Decision.objects.count() == 1
    assert Token.objects.count() == (5 if headers else 1)


def test_five_identical_messages_at_once_are_one(contact):
    words = {"name": "Ben", "email": "ben@example.org", "message": "Hello"}

    answers = at_once(5, lambda number: visitor().post(contact.url, words))

    assert {answer.status_code for answer in answers} == {303}
    assert ContactMessage.objects.count() == 1


def test_of_many_moderators_on_one_comment_one_wins(post):
    comment = CommentFactory(page=post)
    moderators = [UserFactory(group="Comment moderators") for _ in range(8)]

    def decide(number: int) -> str:
        verb = (actions.approve, actions.mark_as_spam)[number % 2]
        try:
            return verb(comment, by=moderators[number], version=comment.version).status
        except actions.StaleError as stale:
            assert stale.by
            return ""

    won = [status for status in at_once(8, decide) if status]

    assert len(won) == 1
    assert ReaderComment.objects.get().status == won[0]
    assert Decision.objects.filter(actor="person").count() == 1


def test_an_answer_of_staff_sent_five_times_at_once_is_one(post, moderator):
    comment = CommentFactory(page=post)

    at_once(5, lambda number: actions.reply(comment, "Yes.", by=moderator, version=comment.version))

    assert ReaderComment.objects.filter(in_reply_to=comment).count() == 1
    assert ReaderComment.objects.get(pk=comment.pk).status == "approved"

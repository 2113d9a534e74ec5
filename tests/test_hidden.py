"""What nobody may read is read nowhere: each state of a comment and of its page, asked of every way out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.comments.models import ReaderComment, Report
from blog.comments.moderation import authoring
from tests import crawl
from tests.blog.comments.notifications.test_telling import confirmed, decide, deliver, reply
from tests.conftest import signed_in, visitor
from tests.factories import BlogFactory, PostFactory, plant_comments
from tests.smtp_peer import words_of

pytestmark = pytest.mark.django_db

NAME, WORDS = "Zq4vanished", "xw8hidden thought"
PUBLIC_SINKS = {
    "page",
    "page, newest first",
    "page, further on",
    "replies page",
    "reply page",
    "report page",
    "feed of the post",
    "feed of all comments",
    "API: threads",
    "API: replies",
    "mail",
}


@pytest.fixture
def answered(post, smtp) -> ReaderComment:
    """A comment whose author is told of replies."""
    return confirmed(smtp, post, name="Ann", text="The first words.")


@pytest.fixture
def hidden(answered) -> ReaderComment:
    """The reply this is about; it is held at first."""
    return reply(answered, name=NAME, text=WORDS)


def sinks(comment: ReaderComment) -> dict[str, str]:
    """Every public address that could give a comment away, as it was before its page changed."""
    url, top = comment.page.url, comment.root_id or comment.pk
    one, api = f"{url}comments/{comment.pk}/", f"/api/v1/posts/{comment.page_id}/"
    return {
        "page": url,
        "page, newest first": f"{url}?comments=newest",
        "page, further on": f"{url}?after={top - 1}",
        "permalink": one,
        "replies page": f"{url}comments/{top}/replies/",
        "its own replies page": f"{one}replies/",
        "reply page": f"{one}reply/",
        "report page": f"{one}report/",
        "edit page": f"{one}edit/",
        "feed of the post": f"{url}comments/feed/",
        "feed of all comments": "/blog/comments/feed/",
        "feed of posts": "/blog/feed/",
        "blog": "/blog/",
        "home": "/",
        "search": f"/search/?q={WORDS}",
        "search for the name": f"/search/?q={NAME}",
        "sitemap": "/sitemap.xml",
        "API: posts": "/api/v1/posts/",
        "API: post": api,
        "API: threads": f"{api}comments/",
        "API: newest threads": f"{api}comments/?order=newest&limit=1&cursor=",
        "API: replies": f"{api}comments/{top}/replies/",
        "API: its own replies": f"{api}comments/{comment.pk}/replies/",
        "API: one": f"/api/v1/comments/{comment.pk}/",
        "API: moderation": "/api/v1/moderation/comments/",
    }


def shown_in(addresses: dict[str, str], client) -> set[str]:
    """Name the addresses whose answer holds a word of it; what is searched for may come back."""
    found = set()
    for name, address in addresses.items():
        response = client.get(address)
        assert response.status_code < 500, address
        body = response.content.decode()
        asked = address.partition("?q=")[2]
        if any(words in body for words in (NAME, WORDS) if words != asked):
            found.add(name)
    return found


def shown_in_mail(smtp) -> set[str]:
    deliver()
    return {"mail" for mail in smtp.mails if NAME in words_of(mail) or "xw8hidden" in words_of(mail)}


def test_an_approved_comment_is_shown_where_it_should_be(hidden, smtp):
    """The test's own eyes: on the public page every way out that shows comments shows this one."""
    decide(hidden, "approve")

    shown = shown_in(sinks(hidden), visitor()) | shown_in_mail(smtp)

    assert shown - {"API: newest threads"} == PUBLIC_SINKS


def spam(comment: ReaderComment) -> None:
    decide(comment, "spam")


def trash(comment: ReaderComment) -> None:
    decide(decide(comment, "approve"), "trash")


def hold_again(comment: ReaderComment) -> None:
    decide(decide(comment, "approve"), "hold")


def withdraw(comment: ReaderComment) -> None:
    authoring.withdraw(decide(comment, "approve"))


def trash_once_answered(comment: ReaderComment) -> None:
    """Its place stays, for the answer's sake."""
    decide(comment, "approve")
    decide(reply(comment, name="Ben"), "approve")
    decide(comment, "trash")


def hold_its_parent(comment: ReaderComment) -> None:
    decide(comment, "approve")
    decide(comment.in_reply_to, "hold")


COMMENT_STATES: dict[str, Callable[[ReaderComment], None]] = {
    "held": lambda comment: None,
    "held again": hold_again,
    "spam": spam,
    "trashed": trash,
    "trashed once answered": trash_once_answered,
    "withdrawn": withdraw,
    "below a held one": hold_its_parent,
}


@pytest.mark.parametrize("state", COMMENT_STATES)
def test_a_comment_nobody_may_read_is_nowhere(hidden, smtp, state):
    COMMENT_STATES[state](hidden)

    assert shown_in(sinks(hidden), visitor()) | shown_in_mail(smtp) == set()


def test_what_stands_below_a_held_reply_is_nowhere(answered, smtp):
    middle = decide(reply(answered, name="Ben"), "approve")
    below = decide(reply(middle, name=NAME, text=WORDS), "approve")
    decide(middle, "hold")

    assert shown_in(sinks(below), visitor()) | shown_in_mail(smtp) == set()


def test_an_edit_that_waits_is_nowhere(answered, smtp):
    public = decide(reply(answered, name="Ben", text="The words as approved."), "approve")
    deliver()
    authoring.edit(public, f"{WORDS} {NAME}")

    assert shown_in(sinks(public), visitor()) | shown_in_mail(smtp) == set()
    assert "The words as approved." in visitor().get(public.page.url).content.decode()


@pytest.mark.parametrize("state", COMMENT_STATES)
def test_staff_without_the_permission_read_nothing_hidden(hidden, editor, front_desk, state):
    COMMENT_STATES[state](hidden)
    desk = {
        "desk": "/admin/comments/?q=xw8hidden",
        "card": f"/admin/comments/{hidden.pk}/",
        "post in the admin": f"/admin/pages/{hidden.page_id}/edit/",
        "report of the site": "/admin/reports/site-history/",
        "dashboard": "/admin/",
    }
    for user in (editor, front_desk):
        assert shown_in({**sinks(hidden), **desk}, signed_in(user)) == set(), user


def test_no_other_url_shows_a_hidden_comment(hidden):
    """Whatever address is added to the site: a visitor finds no word of it there."""
    for answer in crawl.walk({"anonymous": visitor()}, crawl.every_url()):
        assert NAME.encode() not in answer.bytes, answer
        assert WORDS.encode() not in answer.bytes, answer


def unpublish(post) -> None:
    post.unpublish()


def restrict(kind: str) -> Callable:
    def restricted(post) -> None:
        post.view_restrictions.create(restriction_type=kind, password="a long password")

    return restricted


def restrict_its_parent(post) -> None:
    post.get_parent().view_restrictions.create(restriction_type="login")


def move_below_a_private_page(post) -> None:
    staff_blog = BlogFactory(parent=post.get_parent().get_parent(), slug="staff-blog")
    staff_blog.view_restrictions.create(restriction_type="login")
    post.move(staff_blog, pos="last-child")


def expire(post) -> None:
    post.expire_at = timezone.now() + timedelta(days=1)
    post.save_revision().publish()
    type(post).objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(days=1))
    call_command("publish_scheduled")


def delete(post) -> None:
    post.delete()


PAGE_STATES = {
    "unpublished": unpublish,
    "for who logs in": restrict("login"),
    "for a group": restrict("groups"),
    "behind a password": restrict("password"),
    "in a private blog": restrict_its_parent,
    "moved below a private page": move_below_a_private_page,
    "expired": expire,
    "deleted": delete,
}


@pytest.mark.parametrize("state", PAGE_STATES)
def test_comments_of_a_page_nobody_may_read_are_nowhere(hidden, post, smtp, state):
    decide(hidden, "approve")
    before = sinks(hidden)

    PAGE_STATES[state](post)

    assert shown_in(before, visitor()) | shown_in_mail(smtp) == set()
    left = ReaderComment.objects.filter(pk=hidden.pk).first()
    assert left is None or shown_in(sinks(left), visitor()) == set()


@pytest.mark.parametrize("state", PAGE_STATES)
def test_nothing_can_be_done_to_comments_of_a_page_nobody_may_read(hidden, post, state):
    decide(hidden, "approve")
    ways = [url for url in sinks(hidden).values() if url.endswith(("reply/", "report/", "edit/"))]
    words = {"name": "Ben", "email": "ben@example.org", "comment": "Words", "reason": "spam"}
    page = post.url

    PAGE_STATES[state](post)

    for url in (page, *ways):
        answer = visitor().post(url, words)
        asked = answer.status_code == 200 and b'id="id_password"' in answer.content
        assert answer.status_code in {301, 302, 308, 404} or asked, url
    for url in (f"/api/v1/posts/{hidden.page_id}/comments/", f"/api/v1/comments/{hidden.pk}/report/"):
        assert visitor().post(url, words, content_type="application/json").status_code == 404, url
    assert not ReaderComment.objects.filter(comment="Words").exists()
    assert not Report.objects.exists()


def test_comments_of_a_draft_are_nowhere(blog):
    draft = PostFactory(parent=blog, draft=True)
    (key,) = plant_comments(draft, [None])
    comment = ReaderComment.objects.get(pk=key)
    comment.user_name, comment.comment = NAME, WORDS
    comment.save()

    assert shown_in(sinks(comment), visitor()) == set()

"""An author edits and withdraws a comment, through the page and the API, with the tokens each gives out."""

import json
import re

import pytest

from blog.comments.models import Discussion, ReaderComment
from blog.comments.moderation import actions
from tests.blog.comments.posting.test_life import send
from tests.conftest import visitor
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(post):
    """A reader who has just sent a comment."""
    browser = visitor()
    assert send(browser, post.url, comment="First words").status_code == 303
    return browser


@pytest.fixture
def comment(author) -> ReaderComment:
    return ReaderComment.objects.get()


def edit_url(comment) -> str:
    return f"{comment.page.url}comments/{comment.pk}/edit/"


def approve(comment, moderator) -> ReaderComment:
    comment.refresh_from_db()
    return actions.approve(comment, by=moderator, version=comment.version)


def test_the_author_finds_the_way_to_edit_and_nobody_else_does(author, comment, post):
    assert edit_url(comment) in author.get(post.url).content.decode()
    assert "First words" in author.get(edit_url(comment)).content.decode()
    assert visitor().get(edit_url(comment)).status_code == 404
    assert visitor().post(edit_url(comment), {"comment": "Mine now"}).status_code == 404


def test_an_edit_of_a_held_comment_replaces_its_words_and_keeps_the_old_ones(author, comment, as_moderator):
    response = author.post(edit_url(comment), {"comment": "Second words"})

    assert response["Location"].endswith("?sent=edited#comment-notice")
    edited = ReaderComment.objects.get()
    assert (edited.comment, edited.status, edited.revision) == ("Second words", "pending", 2)
    assert [revision.text for revision in edited.revisions.all()] == ["First words", "Second words"]
    assert "Second words" in as_moderator.get("/admin/comments/").content.decode()


def test_no_one_approves_words_they_have_not_read(author, comment, as_moderator):
    author.post(edit_url(comment), {"comment": "Second words"})

    stale = as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})

    assert stale.status_code == 409
    assert ReaderComment.objects.get().status == "pending"


def test_an_edit_of_a_public_comment_waits_while_the_approved_words_stay(
    author, comment, moderator, as_moderator, post
):
    approve(comment, moderator)
    author.post(edit_url(comment), {"comment": "Second words"})

    page = visitor().get(post.url).content.decode()
    assert "First words" in page
    assert "Second words" not in page
    desk = as_moderator.get("/admin/comments/").content.decode()
    assert "Second</span> words" in desk
    assert "1 to moderate" in desk

    approve(comment, moderator)
    page = visitor().get(post.url).content.decode()
    assert "Second words" in page
    assert "First words" not in page
    assert "All caught up" in as_moderator.get("/admin/comments/").content.decode()


def test_a_refused_edit_leaves_the_approved_words(author, comment, moderator, as_moderator, post):
    approve(comment, moderator)
    author.post(edit_url(comment), {"comment": "Buy a watch"})
    comment.refresh_from_db()

    as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "refuse-edit", "version": comment.version})

    assert "First words" in visitor().get(post.url).content.decode()
    assert "Buy a watch" not in as_moderator.get("/admin/comments/").content.decode()


def test_a_withdrawn_comment_is_gone_for_everybody(author, comment, moderator, post):
    approve(comment, moderator)

    response = author.post(edit_url(comment), {"withdraw": "1"})

    assert response["Location"].endswith("?sent=withdrawn#comment-notice")
    assert "First words" not in author.get(post.url).content.decode()
    withdrawn = ReaderComment.objects.get()
    assert (withdrawn.status, withdrawn.is_public) == ("withdrawn", False)
    assert withdrawn.decisions.last().actor == "author"


def test_after_fifteen_minutes_or_an_answer_it_is_too_late(author, comment, moderator, post, time_machine):
    approve(comment, moderator)
    time_machine.move_to(comment.submit_date.timestamp() + 15 * 60 + 1)
    assert author.get(edit_url(comment)).status_code == 404
    assert edit_url(comment) not in author.get(post.url).content.decode()

    time_machine.move_to(comment.submit_date.timestamp() + 60)
    assert author.get(edit_url(comment)).status_code == 200
    CommentFactory(page=post, reply_to_id=comment.pk)
    assert author.post(edit_url(comment), {"comment": "Too late"}).status_code == 404


def test_an_edit_without_words_is_a_422(author, comment):
    response = author.post(edit_url(comment), {"comment": " "})

    assert response.status_code == 422
    assert "Enter your comment" in response.content.decode()


class TestApi:
    @pytest.fixture
    def sent(self, client, post) -> dict:
        body = json.dumps({"name": "Ann", "email": "ann@example.org", "comment": "First words"})
        url = f"/api/v1/posts/{post.pk}/comments/"
        return client.post(url, body, content_type="application/json").json()

    def call(self, method: str, sent: dict, token: str | None = None, **body: object):
        url, key = f"/api/v1/comments/{sent['id']}/", token or sent["token"]
        return visitor(authorization=f"Bearer {key}").generic(
            method, url, json.dumps(body), content_type="application/json"
        )

    def test_the_author_sees_edits_and_withdraws(self, sent):
        own = self.call("GET", sent).json()
        assert (own["text"], own["status"], own["public"]) == ("First words", "pending", False)
        assert own["editable_until"] == sent["editable_until"]

        assert self.call("PATCH", sent, comment="Second words").json()["text"] == "Second words"
        assert self.call("DELETE", sent).status_code == 204
        assert self.call("GET", sent).status_code == 404
        assert ReaderComment.objects.get().status == "withdrawn"

    @pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
    def test_without_the_token_there_is_nothing_here(self, sent, method):
        url = f"/api/v1/comments/{sent['id']}/"
        assert visitor().generic(method, url, "{}", content_type="application/json").status_code == 401
        assert self.call(method, sent, token="comment_wrong", comment="x").status_code == 404
        assert self.call(method, {**sent, "id": 10**30}, comment="x").status_code in {404, 422}

    def test_a_token_opens_its_own_comment_only(self, sent, post):
        other = CommentFactory(page=post)

        assert self.call("GET", {"id": other.pk, "token": sent["token"]}).status_code == 404

    def test_bad_words_are_named(self, sent):
        assert self.call("PATCH", sent, comment="").status_code == 422
        assert self.call("PATCH", sent, words="x").status_code == 422

    def test_spam_is_not_told_that_it_is_spam(self, client, post, sent):
        settings = Discussion.for_site(post.get_site())
        settings.spam_words = "watches"
        settings.save()
        body = json.dumps({"name": "Bot", "email": "bot@example.org", "comment": "Cheap watches"})

        url = f"/api/v1/posts/{post.pk}/comments/"
        answer = client.post(url, body, content_type="application/json").json()

        assert ReaderComment.objects.get(pk=answer["id"]).status == "spam"
        assert answer["status"] == sent["status"]
        assert answer["editable_until"]

    def test_too_late_is_said(self, sent, time_machine):
        time_machine.move_to("2036-01-01")
        assert self.call("PATCH", sent, comment="Late").status_code in {403, 404}


class TestPlaces:
    def test_a_permalink_leads_to_the_page_of_threads_the_comment_is_on(self, client, post):
        tops = [CommentFactory(page=post, approved=True) for _ in range(22)]
        reply = CommentFactory(page=post, approved=True, reply_to_id=tops[21].pk, text="deep down")

        early = client.get(f"{post.url}comments/{tops[3].pk}/")
        late = client.get(f"{post.url}comments/{reply.pk}/")

        assert early["Location"] == f"{post.url}#comment-{tops[3].pk}"
        assert late["Location"].endswith(f"#comment-{reply.pk}")
        assert "deep down" in client.get(late["Location"]).content.decode()

    def test_a_held_comment_has_no_permalink(self, client, post):
        assert client.get(f"{post.url}comments/{CommentFactory(page=post).pk}/").status_code == 404

    def test_newest_first_turns_the_threads_around_and_pages_on(self, client, post):
        tops = [CommentFactory(page=post, approved=True).pk for _ in range(21)]

        html = client.get(f"{post.url}?comments=newest").content.decode()
        shown = [int(pk) for pk in re.findall(r'id="comment-(\d+)"', html)]
        assert shown == tops[:0:-1]
        following = re.search(r'data-more href="([^"]+)"', html).group(1).replace("&amp;", "&")
        assert f'id="comment-{tops[0]}"' in client.get(following).content.decode()

"""A comment's whole life through the front door."""

import re

import pytest

from blog.comments.models import Decision, Reader, ReaderComment
from blog.comments.posting.own_comments import COOKIE
from tests.conftest import visitor
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


def form_on(client, url: str) -> dict[str, str]:
    """Read the page's comment form as a browser would: every field with its value."""
    html = client.get(url).content.decode()
    form = re.search(r'<form[^>]*id="comment-form".*?</form>', html, re.DOTALL).group()
    fields = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            fields[name.group(1)] = value.group(1) if value else ""
    return fields


def send(client, url: str, **typed: str):
    words = {"name": "Ann", "email": "ann@example.org", "comment": "I slept through it."}
    return client.post(url, {**form_on(client, url), **words, **typed})


def test_a_first_read_sets_no_cookie_and_varies_by_none(client, post):
    response = client.get(post.url)

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_comment_is_held_and_only_its_author_sees_it(client, post):
    response = send(client, post.url)

    assert response.status_code == 303
    assert response["Location"] == f"{post.url}?sent=held#comment-notice"
    comment = ReaderComment.objects.get()
    assert (comment.status, comment.is_public) == ("pending", False)

    own = client.get(response["Location"]).content.decode()
    assert "I slept through it." in own
    assert "Awaiting moderation" in own
    assert "I slept through it." not in visitor().get(post.url).content.decode()


def test_a_page_that_shows_held_words_is_kept_out_of_caches(client, post):
    send(client, post.url)

    assert client.get(post.url)["Cache-Control"] == "private, no-store"
    assert "no-store" not in visitor().get(post.url).headers.get("Cache-Control", "")


def test_the_cookie_is_out_of_reach_of_scripts(client, post):
    cookie = send(client, post.url).cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "ann" not in cookie.value


def test_no_address_and_no_ip_is_kept_in_plain(client, post):
    send(client, post.url)

    comment = ReaderComment.objects.get()
    assert (comment.user_email, comment.ip_address) == ("", None)
    reader = Reader.objects.get()
    assert b"ann" not in bytes(reader.sealed_address)
    assert reader.address == "ann@example.org"


def test_each_state_has_its_decision(client, post, as_moderator):
    send(client, post.url)
    comment = ReaderComment.objects.get()
    as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})

    first, second = Decision.objects.all()
    assert (first.from_status, first.to_status, first.actor) == ("", "pending", "rule")
    assert "hold-all" in first.reasons
    assert (second.from_status, second.to_status, second.actor) == ("pending", "approved", "person")
    assert second.user.username == "moderator"


def test_approving_puts_it_on_the_page_with_a_reply_link(client, post, as_moderator):
    send(client, post.url)
    comment = ReaderComment.objects.get()
    assert "I slept through it." in as_moderator.get("/admin/comments/").content.decode()

    response = as_moderator.post(
        f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version}
    )

    assert response.status_code == 303
    html = visitor().get(post.url).content.decode()
    assert f'id="comment-{comment.pk}"' in html
    assert f"{post.url}comments/{comment.pk}/reply/" in html


def test_a_reply_lands_in_the_thread_it_answers(client, post, as_moderator):
    parent = CommentFactory(page=post, approved=True)
    other = CommentFactory(page=post, approved=True)
    reply_page = f"{post.url}comments/{parent.pk}/reply/"
    assert form_on(client, reply_page)["reply_to"] == str(parent.pk)
    assert send(client, reply_page, comment="I agree.").status_code == 303

    reply = ReaderComment.objects.get(comment="I agree.")
    as_moderator.post(f"/admin/comments/{reply.pk}/", {"do": "approve", "version": reply.version})

    assert (reply.in_reply_to, reply.root, reply.level) == (parent, parent, 1)
    html = visitor().get(post.url).content.decode()
    assert (
        html.index(f"comment-{parent.pk}")
        < html.index(f"comment-{reply.pk}")
        < html.index(f"comment-{other.pk}")
    )


@pytest.mark.parametrize("verb", ["spam", "trash"])
def test_spam_and_trash_leave_every_page(client, post, as_moderator, verb):
    comment = CommentFactory(page=post, approved=True, text="Buy a watch")

    as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": verb, "version": comment.version})

    for url in (post.url, f"/api/v1/posts/{post.pk}/comments/", "/blog/", "/blog/feed/", "/search/?q=watch"):
        assert "Buy a watch" not in visitor().get(url).content.decode()
    assert visitor().get(f"{post.url}comments/{comment.pk}/reply/").status_code == 404


def test_a_held_comment_cannot_be_answered_or_read_by_its_id(client, post):
    held = CommentFactory(page=post, text="Not yet")

    assert client.get(f"{post.url}comments/{held.pk}/reply/").status_code == 404
    response = send(client, post.url, reply_to=str(held.pk))
    assert response.status_code == 422
    assert ReaderComment.objects.count() == 1


def test_a_held_reply_stays_held_when_its_parent_is_approved_or_saved(post, moderator, client):
    parent = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, reply_to_id=parent.pk, text="Not read yet")

    parent.save()

    reply.refresh_from_db()
    assert (reply.status, reply.is_public) == ("pending", False)
    assert "Not read yet" not in client.get(post.url).content.decode()


def test_five_identical_submissions_are_one_comment(client, post):
    fields = {**form_on(client, post.url), "name": "Ann", "email": "ann@example.org", "comment": "Twice?"}
    answers = [visitor().post(post.url, fields) for _ in range(5)]

    assert {answer["Location"] for answer in answers} == {f"{post.url}?sent=held#comment-notice"}
    assert ReaderComment.objects.count() == 1
    assert [bool(answer.cookies) for answer in answers] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("comment", "", "Enter your comment"),
        ("comment", " \u200b\u200d ", "Enter your comment"),
        ("comment", "x" * 5001, "Your comment must be 5,000 characters or less"),
        ("comment", "a\0b", "Remove the characters that cannot be shown."),
        ("name", "", "Enter your name"),
        ("name", "\u202e\u200b", "Enter your name"),
        ("name", "n" * 51, "Your name must be 50 characters or less"),
        ("name", "a\0b", "Remove the characters that cannot be shown."),
        ("email", "", "Enter your email address"),
        ("email", "ann", "Enter an email address in the correct format, like name@example.com"),
        ("email", "ann@example.org\nbcc:x@example.org", "Enter an email address in the correct format"),
        ("email", "a" * 250 + "@example.org", "Your email address must be 254 characters or less"),
        ("reply_to", "999999", "is no longer there"),
        ("reply_to", "9" * 30, "is no longer there"),
        ("reply_to", "-1", "is no longer there"),
        ("reply_to", "abc", "is no longer there"),
    ],
)
def test_bad_input_is_named_and_the_words_are_kept(client, post, field, value, message):
    response = send(client, post.url, **{field: value})

    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert re.search(r"<title>\s*Error: ", html)
    if field != "comment":
        assert "I slept through it." in html
    assert not ReaderComment.objects.exists()


def test_every_error_is_named_at_once(client, post):
    html = send(client, post.url, name="", email="", comment="").content.decode()

    for message in ("Enter your comment", "Enter your name", "Enter your email address"):
        assert message in html


def test_control_characters_are_dropped_from_name_and_text(client, post):
    send(client, post.url, name="An\u202en\x07", comment="one\x08\u2066two")

    comment = ReaderComment.objects.get()
    assert (comment.user_name, comment.comment) == ("Ann", "onetwo")


def test_a_stale_form_shows_itself_again_with_the_words_and_then_works(client, post):
    response = send(client, post.url, timestamp="1000000000")

    html = response.content.decode()
    assert response.status_code == 422
    assert "I slept through it." in html
    fresh = re.search(r'name="security_hash"[^>]*value="([0-9a-f]{40})"', html).group(1)
    stamp = re.search(r'name="timestamp"[^>]*value="(\d+)"', html).group(1)
    assert send(client, post.url, timestamp=stamp, security_hash=fresh).status_code == 303


def test_a_form_of_another_page_is_not_taken(client, post, blog):
    other = CommentFactory().page
    fields = form_on(client, other.url)
    response = client.post(
        post.url, {**fields, "name": "Ann", "email": "ann@example.org", "comment": "Hello"}
    )

    assert response.status_code == 422


def test_a_filled_honeypot_is_spam_and_is_told_nothing(client, post):
    response = send(client, post.url, honeypot="http://spam.example/")

    assert response["Location"].endswith("?sent=held#comment-notice")
    assert ReaderComment.objects.get().status == "spam"


def test_a_form_sent_at_once_is_held_with_that_reason(client, post):
    send(client, post.url)

    assert "too-fast" in Decision.objects.get().reasons


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://localhost"},  # the same host by another scheme
        {"origin": "http://localhost:8080"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "localhost"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_post_from_another_site_is_refused(post, headers):
    response = send(visitor(**headers), post.url)

    assert response.status_code == 403
    assert not ReaderComment.objects.exists()


@pytest.mark.parametrize("headers", [{"origin": "http://localhost"}, {"sec-fetch-site": "same-origin"}, {}])
def test_a_post_from_the_site_is_taken(post, headers):
    assert send(visitor(**headers), post.url).status_code == 303


def test_a_page_on_http_posts_nothing_to_the_site_on_https(post, settings):
    settings.SITE_URL = "https://localhost"
    words = form_on(visitor(), post.url) | {"name": "Ann", "email": "ann@example.org", "comment": "Words"}
    taken = {
        origin: visitor(origin=origin).post(post.url, words, secure=True).status_code
        for origin in ("http://localhost", "https://localhost")
    }

    assert taken == {"http://localhost": 403, "https://localhost": 303}


def test_a_closed_page_takes_no_comment_and_shows_no_form(client, post):
    fields = form_on(client, post.url)
    post.comments_open = False
    post.save_revision().publish()

    page = client.get(post.url).content.decode()
    response = client.post(post.url, {**fields, "name": "Ann", "email": "ann@example.org", "comment": "Late"})

    assert "Comments are closed on this article." in page
    assert 'id="comment-form"' not in page
    assert response.status_code == 403
    assert not ReaderComment.objects.exists()


def test_an_unpublished_page_takes_no_comment(client, post):
    fields = form_on(client, post.url)
    post.unpublish()

    assert (
        client.post(post.url, {**fields, "name": "A", "email": "a@b.example", "comment": "x"}).status_code
        == 404
    )


def test_a_body_of_three_megabytes_is_refused(client, post):
    assert client.post(post.url, {"comment": "x" * 3_000_000}).status_code == 400


def test_an_author_sees_their_held_comment_even_on_a_later_page(client, post):
    for _ in range(21):
        CommentFactory(page=post, approved=True)

    location = send(client, post.url, comment="The twenty-second").headers["Location"]

    assert "The twenty-second" in client.get(location).content.decode()
    assert "The twenty-second" not in visitor().get(location).content.decode()


def test_a_reply_with_a_mistake_is_still_a_reply(client, post):
    parent = CommentFactory(page=post, approved=True, name="Tom")

    html = send(client, f"{post.url}comments/{parent.pk}/reply/", email="").content.decode()

    assert "Reply to Tom" in html
    assert re.search(rf'name="reply_to"[^>]*value="{parent.pk}"', html)

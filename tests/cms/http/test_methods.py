"""Every door answers HEAD and OPTIONS like GET, and says 405 with Allow to what it does not take."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.actions.create_alias import CreatePageAliasAction

from blog.comments.models import Decision, ReaderComment
from blog.comments.moderation import actions
from tests import crawl, server_errors
from tests.conftest import signed_in
from tests.factories import CommentFactory, PostFactory, StandardPageFactory
from tests.test_impossible_values import site  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.once, pytest.mark.django_db]

READING = {"GET", "HEAD", "OPTIONS"}
WITH_POST = READING | {"POST"}
UNSAFE = ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


def allowed(answer) -> set[str]:
    return set(re.split(r",\s*", answer["Allow"]))


@pytest.fixture
def doors(home, blog, post, contact) -> dict[str, set[str]]:
    """Each kind of address a visitor may read, and the methods it takes."""
    comment = CommentFactory(page=post, approved=True).pk
    about = StandardPageFactory(parent=home)
    own = f"{post.url}comments/{comment}/"
    read_only = [
        "/",
        blog.url,
        f"{blog.url}feed/",
        f"{blog.url}comments/feed/",
        f"{post.url}comments/feed/",
        f"{own}replies/",
        f"{contact.url}thanks/",
        *("/search/?q=quiet", "/sitemap.xml", "/robots.txt", "/healthz"),
        *("/api/v1/posts/", f"/api/v1/posts/{post.slug}/", "/api/v1/openapi.json", "/api/v1/docs"),
    ]
    with_post = [
        post.url,
        about.url,  # readers may comment on it where that is opened
        f"{own}reply/",
        f"{own}report/",
        contact.url,
        f"/api/v1/posts/{post.slug}/comments/",
        f"/api/v1/contact/{contact.slug}/",
    ]
    return dict.fromkeys(read_only, READING) | dict.fromkeys(with_post, WITH_POST)


def test_head_is_answered_like_get_and_options_names_every_method(client, doors):
    for url, taken in doors.items():
        read, head, options = client.get(url), client.head(url), client.options(url)

        assert (url, read.status_code) == (url, 200)
        assert (url, head.status_code, head["Content-Type"]) == (url, 200, read["Content-Type"])
        assert (url, options.status_code, allowed(options)) == (url, 200, taken)


@pytest.mark.parametrize("method", UNSAFE)
def test_any_other_method_is_405_and_says_what_is_taken(client, doors, method):
    before = crawl.contents()
    for url, taken in doors.items():
        answer = client.generic(method, url, b'{"title": "Mine"}', content_type="application/json")

        assert (url, answer.status_code) == (url, 405)
        assert (url, allowed(answer)) == (url, taken)
        if url.startswith("/api/"):
            assert (url, answer["Content-Type"]) == (url, "application/problem+json")
    assert crawl.contents() == before


def test_a_post_to_what_only_can_be_read_is_405(client, doors):
    read_only = [url for url, taken in doors.items() if taken == READING]

    assert len(read_only) > 10
    for url in read_only:
        answer = client.post(url, {"comment": "Words"})
        assert (url, answer.status_code, allowed(answer)) == (url, 405, READING)


def test_scaled_pictures_and_the_icon_are_only_read(client, settings, tmp_path):
    settings.MEDIA_ROOT.joinpath("images").mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "images" / "one.webp").write_bytes(b"RIFF")
    for url, status in (("/media/images/one.webp", 200), ("/favicon.ico", 302)):
        assert client.head(url).status_code == status
        assert allowed(client.options(url)) == READING
        assert client.put(url).status_code == 405


def test_the_moderation_api_says_which_methods_it_takes(client):
    url = "/api/v1/moderation/comments/1/approve/"
    assert allowed(client.options(url)) == {"OPTIONS", "POST"}
    assert allowed(client.get(url)) == {"OPTIONS", "POST"}
    assert client.head("/api/v1/moderation/comments/").status_code == 401


def test_every_door_that_staff_read_takes_head_and_options(site, admin):  # noqa: F811 -- the fixture
    """Wagtail's own too: its views are of many kinds, and several leave out one or the other."""
    browser, read = signed_in(admin), 0
    for url in crawl.every_url():
        if url in server_errors.HONEST or browser.get(url).status_code != 200:
            continue
        read += 1
        head, options = browser.head(url), browser.options(url)

        assert (url, head.status_code) == (url, 200)
        assert (url, options.status_code, READING - allowed(options)) == (url, 200, set())
    assert read > 150


def test_a_form_sent_to_an_alias_is_405_and_says_so(admin, post):
    alias = CreatePageAliasAction(post, update_slug="mirror").execute(skip_permission_checks=True)

    answer = signed_in(admin).post(f"/admin/pages/{alias.pk}/edit/", {"title": "Mine"})

    assert (answer.status_code, allowed(answer)) == (405, READING)


def test_a_method_at_an_address_that_is_not_there_is_404(client, home):
    for method in (*UNSAFE, "OPTIONS", "HEAD", "POST"):
        assert client.generic(method, "/nothing-here/").status_code == 404


# --- Feeds are sent again when they have changed ---


def feeds(post) -> list[str]:
    blog = post.get_parent()
    return [f"{blog.url}feed/", f"{blog.url}comments/feed/", f"{post.url}comments/feed/"]


def polled(client, url: str, by: str) -> int:
    """Read a feed, and say what the next poll gets."""
    name = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[by]
    return client.get(url, headers={name: client.get(url)[by]}).status_code


@pytest.mark.parametrize("by", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("comments", [0, 2])
def test_a_feed_that_has_not_changed_is_304(client, post, by, comments):
    CommentFactory.create_batch(comments, page=post, approved=True)

    assert [polled(client, url, by) for url in feeds(post)] == [304, 304, 304]


@pytest.mark.parametrize("by", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("ahead", [0, 9])
def test_a_post_published_before_nine_or_dated_ahead_is_304(client, post, by, ahead):
    with time_machine.travel(datetime(2026, 11, 27, 0, 20, tzinfo=UTC), tick=False):
        post.date = date.today() + timedelta(days=ahead)
        post.first_published_at = post.last_published_at = timezone.now() - timedelta(minutes=1)
        post.save()

        assert polled(client, feeds(post)[0], by) == 304


def since(client, post) -> list[tuple[str, dict[str, str]]]:
    return [(url, {"if-none-match": answer["ETag"]}) for url in feeds(post) for answer in [client.get(url)]]


@pytest.mark.parametrize("act", ["approve", "trash", "rename"])
def test_a_feed_that_has_changed_is_sent_again(client, moderator, post, act):
    shown = CommentFactory(page=post, approved=True)
    held = CommentFactory(page=post)
    known = since(client, post)
    if act == "approve":
        actions.approve(held, by=moderator, version=held.version)
    elif act == "trash":
        actions.trash(shown, by=moderator, version=shown.version)
    else:
        post.title = "Another name"
        post.save_revision().publish()

    changed = [client.get(url, headers=headers).status_code == 200 for url, headers in known]

    assert changed == {"approve": [False, True, True], "trash": [False, True, True]}.get(act, [True] * 3)


def test_a_comment_that_was_held_for_long_is_news_to_who_knows_the_date_alone(client, moderator, post):
    held = CommentFactory(page=post)
    CommentFactory(page=post, approved=True)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    ReaderComment.objects.update(submit_date=an_hour_ago)
    Decision.objects.update(at=an_hour_ago)
    url = f"{post.url}comments/feed/"
    before = client.get(url)["Last-Modified"]
    held.refresh_from_db()
    actions.approve(held, by=moderator, version=held.version)

    assert client.get(url, headers={"if-modified-since": before}).status_code == 200


def test_a_post_dated_ahead_that_code_put_live_gives_no_date_to_compare_with(client, post):
    ahead = date.today() + timedelta(days=9)
    PostFactory(parent=post.get_parent(), date=ahead, first_published_at=None)
    url = feeds(post)[0]

    assert "Last-Modified" not in client.get(url)
    assert polled(client, url, "ETag") == 304

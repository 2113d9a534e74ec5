"""A page that is no post takes comments by every door that a post has, once its editor lets it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.comments.models import Discussion, ReaderComment
from blog.comments.posting.pages import CommentsMixin, page_models
from blog.models import BlogPostPage
from home.models import ContactPage, HomePage, StandardPage
from tests.blog.comments.posting.test_life import form_on, send
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def about():
    return StandardPageFactory(title="About us", comments_open=True)


@pytest.fixture
def said(about):
    CommentFactory(page=about, name="Ann", text="approved words", approved=True)
    CommentFactory(page=about, name="Hal", text="held words")
    return about


def test_the_page_types_that_take_comments_are_those_with_the_base_class():
    assert set(page_models()) == {BlogPostPage, StandardPage}
    assert not issubclass(HomePage, CommentsMixin)
    assert not issubclass(ContactPage, CommentsMixin)


def test_a_standard_page_takes_none_until_its_editor_says_so(client):
    quiet = StandardPageFactory()
    html = client.get(quiet.url).content.decode()

    assert 'id="comments"' not in html
    assert "comments/feed/" not in html
    answer = client.post(
        f"/api/v1/pages/{quiet.pk}/comments/",
        {"name": "Ann", "email": "ann@example.org", "comment": "Hello."},
        content_type="application/json",
    )
    assert answer.status_code == 403
    assert client.post(quiet.url, {"name": "Ann", "comment": "Hello."}).status_code == 422
    assert not ReaderComment.objects.exists()


def test_while_it_takes_none_it_asks_nothing_about_comments(client):
    quiet = StandardPageFactory()
    client.get(quiet.url)

    with CaptureQueriesContext(connection) as seen:
        assert client.get(quiet.url).status_code == 200

    of_comments = [each["sql"] for each in seen if "blog_comments" in each["sql"]]
    assert len(of_comments) == 1
    assert "home_standardpage" in of_comments[0]  # the page itself, read with or without them


def test_once_closed_it_still_shows_what_was_said(client, said):
    said.comments_open = False
    said.save_revision().publish()

    html = client.get(said.url).content.decode()

    assert "approved words" in html
    assert 'id="comment-form"' not in html


def test_a_comment_is_sent_held_approved_and_read(client, about, moderator):
    assert send(client, about.url)["Location"] == f"{about.url}?sent=held#comment-notice"
    assert "I slept through it." not in visitor().get(about.url).content.decode()

    comment = ReaderComment.objects.get()
    desk = signed_in(moderator)
    assert "I slept through it." in desk.get(reverse("blog_comments:desk")).content.decode()
    desk.post(reverse("blog_comments:case", args=[comment.pk]), {"do": "approve", "version": comment.version})

    assert "I slept through it." in visitor().get(about.url).content.decode()


def test_each_page_of_a_comment_is_below_it(client, said):
    comment = ReaderComment.objects.get(status="approved")

    assert client.get(f"{said.url}comments/{comment.pk}/")["Location"].startswith(said.url)
    for page in ("reply", "replies", "report"):
        html = client.get(f"{said.url}comments/{comment.pk}/{page}/")
        assert html.status_code == 200, page
        assert "approved words" in html.content.decode(), page
    feed = client.get(f"{said.url}comments/feed/").content.decode()
    assert "approved words" in feed
    assert "held words" not in feed


def test_programs_read_and_write_the_same(client, said):
    listed = client.get(f"/api/v1/pages/{said.slug}/comments/").json()
    assert [item["text"] for item in listed["items"]] == ["approved words"]
    top = listed["items"][0]["id"]
    replies = client.get(f"/api/v1/pages/{said.slug}/comments/{top}/replies/").json()
    assert replies == {"items": [], "next": None}

    sent = client.post(
        f"/api/v1/pages/id:{said.pk}/comments/",
        {"name": "Eve", "email": "eve@example.org", "comment": "By a program.", "reply_to": top},
        content_type="application/json",
    )

    assert sent.status_code == 202
    kept = ReaderComment.objects.get(pk=sent.json()["id"])
    assert (kept.page_id, kept.in_reply_to_id, kept.status) == (said.pk, top, "pending")


def test_a_post_is_one_of_the_pages_and_a_page_that_takes_none_is_unknown(client, post):
    CommentFactory(page=post, text="of a post", approved=True)

    assert client.get(f"/api/v1/pages/{post.pk}/comments/").json()["count"] == 1
    assert client.get(f"/api/v1/pages/{post.get_parent().pk}/comments/").status_code == 404
    assert client.get(f"/api/v1/posts/{StandardPageFactory().pk}/comments/").status_code == 404


def test_days_are_counted_from_its_first_publication(client, about):
    Discussion.objects.update_or_create(site=about.get_site(), defaults={"close_after_days": 7})
    assert 'id="comment-form"' in client.get(about.url).content.decode()

    StandardPage.objects.filter(pk=about.pk).update(first_published_at=timezone.now() - timedelta(days=9))

    assert 'id="comment-form"' not in client.get(about.url).content.decode()


def test_the_admin_shows_them_beside_the_editor_in_lists_and_in_the_user_bar(client, said, editor, moderator):
    editor.groups.add(*moderator.groups.all())
    staff = signed_in(editor)

    beside = staff.get(reverse("wagtailadmin_pages:edit", args=[said.pk])).content.decode()
    assert "held words" in beside.partition('data-side-panel="reader-comments"')[2]
    listed = staff.get(reverse("wagtailadmin_pages:type_use", args=["home", "standardpage"]))
    assert "1 waiting" in listed.content.decode()
    assert f"post=id%3A{said.pk}" in staff.get(said.url).content.decode()


def test_a_closed_page_still_says_why_and_shows_authors_their_own(client, about):
    send(client, about.url)
    form = form_on(client, about.url)
    about.comments_open = False
    about.save_revision().publish()

    own = client.get(about.url).content.decode()
    refused = client.post(about.url, {**form, "name": "Eve", "email": "eve@example.org", "comment": "Late."})

    assert "I slept through it." in own
    assert "Comments are closed" in own
    assert refused.status_code == 403
    assert "Comments are closed" in refused.content.decode()
    assert 'id="comments"' not in visitor().get(about.url).content.decode()

"""Where a page was: its visitors are led on, with all that was below it; and never in a circle."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from blog.models import BlogPostPage
from tests.conftest import visitor
from tests.factories import (
    BlogFactory,
    CommentFactory,
    ContactPageFactory,
    HomePageFactory,
    PostFactory,
    StandardPageFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    def to(page: Page, slug: str) -> Page:
        with django_capture_on_commit_callbacks(execute=True):
            page = Page.objects.get(pk=page.pk).specific
            page.slug = slug
            page.save_revision().publish()
        return Page.objects.get(pk=page.pk).specific

    return to


def led(url: str, client: Client | None = None, method: str = "get") -> tuple[int, str]:
    answer = getattr(client or visitor(), method)(url)
    return answer.status_code, answer.headers.get("Location", "")


BELOW = (
    "",
    "comments/feed/",
    "comments/{}/",
    "comments/{}/reply/",
    "comments/{}/replies/",
    "comments/{}/report/",
)


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("change", ["slug", "blog's slug", "both", "move", "moved and renamed", "blog moved"])
def test_all_below_an_old_address_leads_to_the_same_below_the_new_one(
    home, blog, post, rename, below, change, django_capture_on_commit_callbacks
):
    comment = CommentFactory(page=post, approved=True)
    below = below.format(comment.pk)
    old = post.url + below
    assert visitor().get(old).status_code in (200, 302)
    if change in ("slug", "both"):
        rename(post, "another-slug")
    if change in ("blog's slug", "both"):
        rename(blog, "articles")
    if change in ("move", "moved and renamed"):
        with django_capture_on_commit_callbacks(execute=True):
            post.move(BlogFactory(parent=home, slug="other"), "last-child")
    if change == "moved and renamed":
        rename(post, "another-slug")
    if change == "blog moved":
        with django_capture_on_commit_callbacks(execute=True):
            blog.move(StandardPageFactory(parent=home, slug="section"), "last-child")
    new = BlogPostPage.objects.get().url + below

    assert led(old) == (301, new)
    assert visitor().get(new).status_code in (200, 302)


@pytest.mark.parametrize("below", ["feed/", "comments/feed/", "?page=2", "?tag=needles&page=1", ""])
def test_subscribers_and_links_of_a_renamed_blog_are_led_on_with_their_query(blog, post, rename, below):
    rename(blog, "articles")

    assert led(f"/blog/{below}") == (301, f"/articles/{below}")


def test_a_query_and_a_language_of_its_own_are_kept(blog, rename):
    post = rename(PostFactory(parent=blog, slug="müdigkeit"), "schlaf-für-alle")
    comment = CommentFactory(page=post, approved=True)

    status, to = led(f"/blog/müdigkeit/comments/{comment.pk}/replies/?after=7")

    assert status == 301
    assert to == f"{post.url}comments/{comment.pk}/replies/?after=7"


def test_the_thanks_of_a_contact_page_are_led_on(home, contact, rename):
    rename(contact, "write-to-us")

    assert led("/contact/thanks/?copy=1") == (301, "/write-to-us/thanks/?copy=1")


def test_a_form_that_lay_open_meanwhile_arrives_with_its_words(post, rename):
    rename(post, "another-slug")

    assert led(post.url, method="post") == (308, "/blog/another-slug/")
    assert led(post.url, method="head") == (301, "/blog/another-slug/")


def test_a_post_that_was_hidden_while_its_blog_was_renamed_is_led_to_later(blog, post, rename):
    post.unpublish()
    rename(blog, "articles")
    post = BlogPostPage.objects.get()
    assert led("/blog/a-quiet-hour/")[0] == 404
    post.save_revision().publish()

    assert led("/blog/a-quiet-hour/") == (301, "/articles/a-quiet-hour/")


@pytest.mark.parametrize(
    "slugs",
    [("b",), ("b", "c"), ("b", "a-quiet-hour"), ("b", "c", "b"), ("b", "a-quiet-hour", "b", "a-quiet-hour")],
)
@pytest.mark.parametrize("then", ["", "unpublished", "deleted", "private"])
def test_who_follows_arrives_or_is_told_that_nothing_is_there(post, rename, slugs, then):
    page = post
    for slug in slugs:
        page = rename(page, slug)
    if then == "unpublished":
        page.unpublish()
    elif then == "deleted":
        page.delete()
    elif then == "private":
        page.view_restrictions.create(restriction_type="login")

    for slug in {"a-quiet-hour", *slugs}:
        for below in ("", "comments/feed/"):
            answer = visitor().get(f"/blog/{slug}/{below}", follow=True)  # Django's client stops at a circle
            hops = [url for url, _ in answer.redirect_chain if "/login/" not in url]
            assert len(hops) <= (0 if then in ("unpublished", "deleted") else 1)
            expected = 404 if then in ("unpublished", "deleted") else 200
            assert answer.status_code == expected, answer.redirect_chain


def test_what_was_never_public_leaves_nothing(blog, rename):
    draft = PostFactory(parent=blog, slug="draft", draft=True, first_published_at=None)
    draft.slug = "renamed"
    draft.save()
    draft.move(BlogFactory(parent=blog.get_parent(), slug="other"), "last-child")
    rename(draft, "published")

    assert not Redirect.objects.exists()
    rename(draft, "later")
    assert Redirect.objects.values_list("old_path", flat=True).get() == "/other/published"


def test_an_address_longer_than_can_be_kept_changes_all_the_same(blog, rename):
    long = PostFactory(parent=blog, slug="x" * 250)

    assert rename(long, "short").url == "/blog/short/"


def test_a_new_page_at_an_old_address_is_read_there_and_old_comments_are_still_found(blog, post, rename):
    comment = CommentFactory(page=post, approved=True)
    rename(post, "another-slug")
    PostFactory(parent=blog, slug="a-quiet-hour", title="The new one")

    assert "The new one" in visitor().get("/blog/a-quiet-hour/").content.decode()
    to = f"/blog/another-slug/comments/{comment.pk}/"
    assert led(f"/blog/a-quiet-hour/comments/{comment.pk}/") == (301, to)


def test_two_posts_that_swap_their_slugs_do_not_lead_in_circles(blog, rename):
    one, two = PostFactory(parent=blog, slug="one"), PostFactory(parent=blog, slug="two")
    rename(one, "three")
    rename(two, "one")
    one = rename(one, "two")
    one.unpublish()

    assert led("/blog/one/")[0] == 200
    assert visitor().get("/blog/two/", follow=True).redirect_chain == [("/blog/one/", 301)]


def test_what_another_site_has_led_on_from_the_same_address_is_left_to_it(home, post, rename, settings):
    settings.ALLOWED_HOSTS = ["localhost", "other.example"]
    other = Site.objects.create(hostname="other.example", root_page=HomePageFactory(parent=home.get_parent()))
    old = {"old_path": "/blog/a-quiet-hour", "redirect_page": other.root_page, "automatically_created": True}
    Redirect.objects.create(site=other, **old)
    rename(post, "another-slug")

    assert led("/blog/a-quiet-hour/")[1].endswith("/blog/another-slug/")
    assert led("/blog/a-quiet-hour/", visitor(host="other.example")) == (301, "http://other.example/")


@pytest.mark.parametrize(
    "old",
    [
        "/nowhere/",
        "/blog/nowhere/",
        "/blog/old-post/nowhere/",
        "/blog/old-post/comments/99999/",
        "/" + "a/" * 200,
        "/" + "x" * 900 + "/",
        "/%00/",
        "/blog/%ff/",
        "/blog//old-post//",
    ],
)
def test_what_leads_nowhere_is_a_404_at_a_fixed_cost(blog, rename, old):
    rename(PostFactory(parent=blog, slug="old-post"), "new-post")
    visitor().get(old)

    with CaptureQueriesContext(connection) as queries:
        answer = visitor().get(old, follow=True)

    assert answer.status_code in (404, 200)
    assert len(queries) < 40
    assert all(query["sql"].startswith("SELECT") for query in queries)


class TestRedirectsOfEditors:
    def test_they_lead_where_they_say_and_take_nothing_along(self, home, blog, post):
        Redirect.add_redirect("/old", redirect_to=post, is_permanent=False)
        Redirect.add_redirect("/away?x=1", redirect_to="https://example.org/there")

        assert led("/old/") == (302, post.url)
        assert led("/old/comments/feed/")[0] == 404
        assert led("/away/?x=1") == (301, "https://example.org/there")
        assert led("/away/")[0] == 404

    def test_no_rename_takes_one_away(self, post, rename):
        old = {"old_path": "/blog/a-quiet-hour", "redirect_link": "https://example.org/there"}
        Redirect.objects.create(site=post.get_site(), **old)
        rename(post, "another-slug")

        assert led("/blog/a-quiet-hour/") == (301, "https://example.org/there")

    def test_one_to_itself_is_a_404(self, home):
        Redirect.add_redirect("/round", redirect_to="/round/")

        assert led("/round/")[0] == 404

    def test_one_to_a_page_without_an_address_is_a_404(self, home):
        away = HomePageFactory(parent=Page.get_first_root_node(), slug="away")
        Redirect.add_redirect("/old", redirect_to=ContactPageFactory(parent=away), page_route_path="/thanks/")

        assert led("/old/")[0] == 404

    def test_that_of_a_site_comes_before_that_of_all(self, home, blog, post):
        site = home.get_site()
        Redirect.add_redirect("/old", redirect_to=blog)
        Redirect.add_redirect("/old", redirect_to=post, site=site)

        assert led("/old/") == (301, post.url)

"""Which slugs are refused, at every door that gives one; and what an address says of its page."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from wagtail.models import AbstractPage, Page, Site

from blog.models import BlogPostPage
from cms.pages import addresses
from home.models import StandardPage
from tests.conftest import signed_in
from tests.factories import BlogFactory, HomePageFactory, PostFactory, StandardPageFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
TAKEN = ["admin", "api", "documents", "healthz", "mail", "media", "readyz", "search", "static", "_util"]
SENTENCE = "is used by the site itself here. Choose another slug."


def editor_fields(title: str, slug: str) -> dict[str, str]:
    names = ("seo_title", "search_description", "go_live_at", "expire_at", "standfirst", "canonical_url")
    formset = {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    return {**dict.fromkeys(names, ""), **formset, "title": title, "slug": slug, "body-count": "0"}


@pytest.mark.parametrize("slug", TAKEN)
def test_a_page_at_the_top_is_not_called_like_what_the_site_answers_itself(home, slug):
    with pytest.raises(ValidationError, match="slug"):
        StandardPageFactory(parent=home, slug=slug)
    section = StandardPageFactory(parent=home, slug="section")

    assert StandardPageFactory(parent=section, slug=slug).pk


def test_whatever_is_mounted_is_taken():
    mounted = {str(each.pattern).strip("^").partition("/")[0] for each in get_resolver().url_patterns}
    plain = {first for first in mounted if first and "(" not in first}

    assert len(plain) > 10
    assert plain - addresses._taken_at_the_top("cms.urls") == set()


@pytest.mark.parametrize("slug", ["2026", "feeds", "searching", "Search", "blog-feed", "administration"])
def test_any_other_slug_is_fine(home, blog, slug):
    assert StandardPageFactory(parent=home, slug=slug).pk
    assert PostFactory(parent=blog, slug=slug).pk


@pytest.mark.parametrize("slug", ["feed", "comments"])
def test_a_post_is_not_called_like_a_route_of_its_blog(blog, slug):
    for draft in (False, True):
        with pytest.raises(ValidationError, match="slug"):
            PostFactory(parent=blog, slug=slug, live=not draft)


def test_a_slug_that_is_made_up_is_one_that_can_be_read(home, blog):
    page = home.add_child(instance=StandardPage(title="Search"))
    post = blog.add_child(instance=BlogPostPage(title="Feed", standfirst="One."))

    assert (page.slug, post.slug) == ("search-2", "feed-2")


@pytest.mark.parametrize("action", ["", "action-publish"])
def test_the_editor_says_so_when_a_page_is_made_and_when_it_is_changed(admin, home, action):
    staff, page = signed_in(admin), StandardPageFactory(parent=home, slug="about")
    fields = {**editor_fields("About", "search"), **({action: "1"} if action else {})}

    for url in (f"/admin/pages/add/home/standardpage/{home.pk}/", f"/admin/pages/{page.pk}/edit/"):
        html = staff.post(url, fields).content.decode()
        assert html.count(SENTENCE) == 1, url
        assert "already in use" not in html
    assert set(StandardPage.objects.values_list("slug", flat=True)) == {"about"}


@pytest.mark.parametrize("alias", ["", "on"])
def test_copying_says_so_too(admin, home, alias):
    page = StandardPageFactory(parent=home, slug="about")
    fields = {"new_title": "Search", "new_slug": "search", "new_parent_page": home.pk, "alias": alias}

    html = signed_in(admin).post(f"/admin/pages/{page.pk}/copy/", fields).content.decode()

    assert SENTENCE in html
    assert StandardPage.objects.count() == 1


def test_moving_says_so_too_one_page_or_several(admin, home):
    section = StandardPageFactory(parent=home, slug="section")
    page = StandardPageFactory(parent=section, slug="search", title="On finding things")
    staff = signed_in(admin)

    for move in (
        lambda: staff.post(f"/admin/pages/{page.pk}/move/{home.pk}/confirm/", follow=True),
        lambda: staff.post(
            f"/admin/bulk/wagtailcore/page/move/?id={page.pk}", {"chooser": home.pk}, follow=True
        ),
    ):
        answer = move()
        assert answer.status_code == 200
        assert "slug" in answer.content.decode()
        assert Page.objects.get(pk=page.pk).url_path == "/home/section/search/"
    with pytest.raises(ValidationError):
        page.move(home, "last-child")
    assert Page.objects.get(pk=page.pk).url_path == "/home/section/search/"


def test_the_top_of_every_site_is_meant(home):
    root = StandardPageFactory(parent=home, slug="branch")
    Site.objects.create(hostname="branch.example", root_page=root)
    away = HomePageFactory(parent=Page.get_first_root_node(), slug="away")

    for parent in (root, away):
        with pytest.raises(ValidationError):
            StandardPageFactory(parent=parent, slug="search")


def test_a_page_that_is_called_so_already_stays_savable(blog):
    post = PostFactory(parent=blog)
    BlogPostPage.objects.filter(pk=post.pk).update(slug="feed", url_path="/home/blog/feed/")
    post = BlogPostPage.objects.get()

    post.title = "Another title"
    post.save_revision().publish()
    post.unpublish()

    assert BlogPostPage.objects.get().title == "Another title"


def test_wagtail_still_asks_the_one_method_that_is_wrapped(home):
    """When this fails, see who asks now: the forms, ``clean``, moving and ``_get_autogenerated_slug`` did."""
    assert not AbstractPage._slug_is_available("search", home)
    assert not Page._slug_is_available("search", home)
    assert Page._slug_is_available("finding", home)


@pytest.mark.parametrize("kind", ["post", "blog", "page"])
def test_an_alias_names_its_source_and_is_in_no_sitemap(client, home, blog, kind):
    sources = {
        "post": PostFactory(parent=blog),
        "blog": blog,
        "page": StandardPageFactory(parent=home, slug="about"),
    }
    parent = BlogFactory(parent=home, slug="other") if kind == "post" else home
    alias = sources[kind].create_alias(parent=parent, update_slug="twin")

    html = client.get(alias.url).content.decode()

    assert f'<link rel="canonical" href="{sources[kind].full_url}">' in html
    sitemap = client.get("/sitemap.xml").content.decode()
    assert sources[kind].full_url in sitemap
    assert alias.full_url not in sitemap


def test_an_alias_takes_no_comments_at_any_door(client, home, blog, post):
    alias = post.create_alias(parent=BlogFactory(parent=home, slug="other"), update_slug="twin")

    assert 'id="comment-form"' not in client.get(alias.url).content.decode()
    answer = client.get("/api/v1/posts/twin/").json()
    assert (answer["comments"]["open"], answer["seo"]["canonical_url"]) == (False, post.full_url)
    words = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}
    sent = client.post("/api/v1/posts/twin/comments/", words, content_type="application/json")
    assert sent.status_code == 403

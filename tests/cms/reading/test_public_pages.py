"""Which pages are public, and how they are found."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from wagtail.models import Page, Site

from cms.reading import public_pages
from tests.factories import BlogFactory, HomePageFactory, PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


def public() -> set[int]:
    return set(public_pages.of(Page.objects.all()).values_list("pk", flat=True))


@pytest.mark.parametrize("restriction", ["login", "password", "groups"])
def test_what_is_below_a_private_page_is_not_public_and_its_neighbours_are(home, post, restriction):
    section = StandardPageFactory(parent=home, slug="section")
    below = StandardPageFactory(parent=section, slug="below")
    deeper = StandardPageFactory(parent=below, slug="deeper")
    beside = StandardPageFactory(parent=home, slug="beside")
    section.view_restrictions.create(restriction_type=restriction, password="secret")

    found = public()

    assert found == set(Page.objects.live().public().values_list("pk", flat=True))
    assert {beside.pk, post.pk, home.pk} <= found
    assert not {section.pk, below.pk, deeper.pk} & found


def test_a_draft_is_not_public(blog):
    assert PostFactory(parent=blog, draft=True).pk not in public()


@pytest.fixture
def asked(rf):
    return rf.get("/", headers={"host": "localhost"})


def test_a_slug_comes_before_an_id_and_id_is_always_an_id(blog, asked):
    first = PostFactory(parent=blog)
    second = PostFactory(parent=blog, slug=str(first.pk))

    assert public_pages.find(Page.objects.all(), str(first.pk), asked).pk == second.pk
    assert public_pages.find(Page.objects.all(), f"id:{first.pk}", asked).pk == first.pk
    assert public_pages.find(Page.objects.filter(pk=first.pk), str(first.pk), asked).pk == first.pk


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no-such-page",
        "9" * 40,
        "a\0b",
        "-1",
        "\u0661",
        "id:",
        "id:x",
        "id:-1",
        "id:" + "9" * 40,
        "x" * 999,
    ],
)
def test_an_unknown_key_is_not_found(blog, asked, key):
    with pytest.raises(Http404):
        public_pages.find(Page.objects.all(), key, asked)


def test_of_several_with_a_slug_each_is_named_and_none_is_chosen(home, blog, asked):
    other = BlogFactory(parent=home, slug="other")
    pages = [PostFactory(parent=parent, slug="2026") for parent in (blog, other)]

    with pytest.raises(public_pages.SeveralPagesError) as refused:
        public_pages.find(Page.objects.all(), "2026", asked)

    assert {page.pk for page in refused.value.pages} == {page.pk for page in pages}


@pytest.mark.parametrize("made", ["copy", "copied section", "alias", "aliased section", "copy of a copy"])
def test_what_is_copied_keeps_its_slug_to_itself(home, blog, post, asked, made):
    if "section" in made:
        make = blog.create_alias if "alias" in made else blog.copy
        make(
            recursive=True,
            **(
                {"parent": home, "update_slug": "twin"}
                if "alias" in made
                else {"to": home, "update_attrs": {"slug": "twin"}}
            ),
        )
    else:
        other = BlogFactory(parent=home, slug="other")
        twin = post.create_alias(parent=other) if made == "alias" else post.copy(to=other)
        if made == "copy of a copy":
            twin.copy(to=BlogFactory(parent=home, slug="third"))
    found = Page.objects.filter(slug=post.slug, live=True)

    assert found.count() > 1
    assert public_pages.find(found, post.slug, asked).pk == post.pk


def test_a_page_of_another_site_is_found_by_its_id_alone(blog, post):
    elsewhere = HomePageFactory(parent=Page.get_first_root_node(), slug="elsewhere")
    Site.objects.create(hostname="other.example", root_page=elsewhere)
    theirs = PostFactory(parent=BlogFactory(parent=elsewhere), slug="theirs")
    same = PostFactory(parent=theirs.get_parent(), slug=post.slug)
    here, there = (
        RequestFactory().get("/", headers={"host": host}) for host in ("localhost", "other.example")
    )

    with pytest.raises(Http404):
        public_pages.find(Page.objects.all(), "theirs", here)
    assert public_pages.find(Page.objects.all(), f"id:{theirs.pk}", here).pk == theirs.pk
    assert public_pages.find(Page.objects.all(), post.slug, here).pk == post.pk
    assert public_pages.find(Page.objects.all(), post.slug, there).pk == same.pk


def test_an_alias_is_as_private_as_its_source(home, blog, post):
    alias = post.create_alias(parent=BlogFactory(parent=home, slug="other"))
    blog.view_restrictions.create(restriction_type="login")

    assert not {post.pk, alias.pk} & public()


def test_a_page_whose_parent_is_gone_is_not_found_and_takes_nothing(client, blog, post, contact):
    """Such a page is left by a tree that was damaged: by a restored half, or by hands in the database."""
    middle = StandardPageFactory(parent=contact.get_parent(), slug="middle")
    for page in (post, contact):
        page.move(middle, "last-child")
    Page.objects.filter(pk=middle.pk).update(path="ZZZZZZZZZZZZ")

    for answer in (
        client.get(f"/api/v1/posts/id:{post.pk}/"),
        client.post(f"/api/v1/posts/id:{post.pk}/comments/", {}, content_type="application/json"),
        client.post(f"/api/v1/contact/id:{contact.pk}/", {}, content_type="application/json"),
    ):
        assert answer.status_code < 500


def test_whether_a_page_is_below_a_draft_is_one_query_at_any_depth(home, django_assert_num_queries):
    page = top = StandardPageFactory(parent=home, slug="top")
    for number in range(6):
        page = StandardPageFactory(parent=page, slug=f"below-{number}")
    page = Page.objects.get(pk=page.pk)

    with django_assert_num_queries(1):
        assert not public_pages.is_below_a_draft(page)
    Page.objects.filter(pk=top.pk).update(live=False)
    with django_assert_num_queries(1):
        assert public_pages.is_below_a_draft(page)
    assert not public_pages.is_below_a_draft(Page.objects.get(pk=top.pk))

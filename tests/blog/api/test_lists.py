"""Lists of posts and of what they are about: narrowed, ordered, paged, counted."""

import pytest
from django.conf import settings
from taggit.models import Tag

from cms.pictures import specs
from tests.conftest import visitor
from tests.factories import AuthorFactory, BlogFactory, CategoryFactory, PostFactory

pytestmark = pytest.mark.django_db
ORIGIN = settings.SITE_URL


def read(path: str, **asked: object) -> dict:
    response = visitor().get(f"/api/v1/{path}/", asked)
    assert response.status_code == 200, response.content
    return response.json()


def listed(**asked: object) -> list[int]:
    return [item["id"] for item in read("posts", **asked)["items"]]


@pytest.fixture
def by_month(blog) -> list[int]:
    return [PostFactory(parent=blog, date=f"2026-{month:02}-15").pk for month in range(1, 7)]


def test_posts_are_narrowed_by_days(by_month):
    assert listed(since="2026-03-15") == by_month[:1:-1]
    assert listed(until="2026-02-14") == by_month[:1]
    assert listed(since="2026-02-15", until="2026-03-15") == [by_month[2], by_month[1]]
    assert listed(since="2026-05-01", until="2026-04-01") == []


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_both_orders_page_without_a_gap_even_where_days_are_equal(blog, order):
    posts = [PostFactory(parent=blog, date=f"2026-01-{1 + number // 3:02}").pk for number in range(9)]

    seen, cursor = [], ""
    while cursor is not None:
        answer = read("posts", limit=2, order=order, cursor=cursor)
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]

    assert seen == (posts if order == "oldest" else posts[::-1])


@pytest.mark.parametrize(
    "asked", [{"since": "soon"}, {"since": "0"}, {"until": "2026-13-01"}, {"order": "best"}]
)
def test_what_is_no_day_or_order_is_refused(by_month, asked):
    response = visitor().get("/api/v1/posts/", asked)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] in asked


def test_an_author_has_posts_on_the_site_and_in_the_api(blog):
    mara, ola = AuthorFactory(name="Mara", slug="mara"), AuthorFactory(name="Ólafur", slug="ólafur")
    hers, his = PostFactory(parent=blog, author=mara), PostFactory(parent=blog, author=ola, title="By Ólafur")

    assert listed(author="mara") == [hers.pk]
    assert listed(author="ólafur") == [his.pk]
    assert listed(author="o\u0301lafur") == [his.pk]
    assert listed(author="nobody") == []
    html = visitor().get("/blog/", {"author": "ólafur"}).content.decode()
    assert "By Ólafur" in html
    assert hers.title not in html
    assert '<meta name="robots" content="noindex">' in html
    assert "There is no such author here." in visitor().get("/blog/?author=nobody").content.decode()


def test_a_search_narrows_a_list_and_keeps_its_order(blog):
    older = PostFactory(parent=blog, date="2026-01-01", title="A willow", category=CategoryFactory(slug="a"))
    newer = PostFactory(parent=blog, date="2026-02-01", standfirst="Below a willow, by the willow.")
    PostFactory(parent=blog, title="An oak")
    PostFactory(parent=blog, title="A hidden willow", draft=True)

    assert listed(search="willows") == [newer.pk, older.pk]
    assert listed(search="willow", order="oldest", limit=1) == [older.pk]
    assert listed(search="willow", category="a") == [older.pk]


def test_terms_are_those_of_public_posts_with_how_many(blog):
    sleep, unused = CategoryFactory(name="Sleep", slug="sleep"), CategoryFactory(slug="unused")
    mara = AuthorFactory(name="Mara", slug="mara", credentials="LicAc", bio="Writes.")
    for _ in range(2):
        post = PostFactory(parent=blog, category=sleep, author=mara)
        post.tags.add("needles")
        post.save()
    hidden = PostFactory(parent=blog, category=unused, author=AuthorFactory(), draft=True)
    hidden.tags.add("secret")
    hidden.save()
    Tag.objects.create(name="of a picture", slug="of-a-picture")

    assert read("categories")["items"] == [
        {"slug": "sleep", "name": "Sleep", "url": f"{ORIGIN}/blog/?category=sleep", "post_count": 2}
    ]
    assert read("tags")["items"] == [
        {"slug": "needles", "name": "needles", "url": f"{ORIGIN}/blog/?tag=needles", "post_count": 2}
    ]
    assert read("authors")["items"] == [
        {
            "slug": "mara",
            "name": "Mara",
            "url": f"{ORIGIN}/blog/?author=mara",
            "credentials": "LicAc",
            "about": "Writes.",
            "post_count": 2,
        }
    ]


@pytest.mark.parametrize("kind", ["tags", "categories", "authors"])
def test_terms_come_in_pages(blog, kind):
    for number in range(5):
        post = PostFactory(
            parent=blog, author=AuthorFactory(slug=f"a{number}"), category=CategoryFactory(slug=f"a{number}")
        )
        post.tags.add(f"a{number}")
        post.save()

    seen, cursor = [], ""
    while cursor is not None:
        answer = read(kind, limit=2, cursor=cursor)
        seen += [item["slug"] for item in answer["items"]]
        cursor = answer["next"]

    assert seen == ["a0", "a1", "a2", "a3", "a4"]


def test_two_blogs_have_their_own_addresses(home, blog):
    mara = AuthorFactory(slug="mara")
    PostFactory(parent=blog, author=mara)
    PostFactory(parent=BlogFactory(parent=home, slug="news", title="News"), author=mara)

    urls = {item["author"]["url"] for item in read("posts")["items"]}

    assert urls == {f"{ORIGIN}/blog/?author=mara", f"{ORIGIN}/news/?author=mara"}


def test_a_crop_around_another_focal_point_is_not_shown(blog):
    post = PostFactory(parent=blog, with_picture=True)
    (before,) = [item["picture"] for item in read("posts")["items"]]
    post.hero.renditions.create(
        filter_spec=specs.CARD, focal_point_key="c0ffee00", file="images/other.webp", width=640, height=400
    )
    post.hero.renditions.filter(filter_spec=specs.WIDE_CARD).update(focal_point_key="c0ffee00")

    (after,) = [item["picture"] for item in read("posts")["items"]]

    assert before["sizes"]["card_wide"] is not None
    assert after == before | {"sizes": before["sizes"] | {"card_wide": None}}


@pytest.mark.parametrize("kind", ["posts", "tags", "categories", "authors"])
def test_a_list_costs_the_same_however_long_it_is(blog, kind, django_assert_max_num_queries):
    def add(many: int) -> None:
        for _ in range(many):
            post = PostFactory(
                parent=blog, author=AuthorFactory(), category=CategoryFactory(), with_picture=True
            )
            post.tags.add(f"tag {post.pk}")
            post.save()

    add(20)
    read(kind)
    with django_assert_max_num_queries(8):
        assert len(read(kind, limit=20)["items"]) == 20

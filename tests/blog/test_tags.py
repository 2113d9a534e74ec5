"""Tags, categories and authors: one spelling, and an address in any script."""

import json
import re
from importlib import import_module
from urllib.parse import quote

import pytest
from django.apps import apps
from django.utils.text import slugify
from taggit.models import Tag
from wagtail_factories import ImageFactory

from blog.models import Author, BlogPostTag, Category
from cms.pages import slugs
from cms.text import cleaning
from tests.conftest import signed_in
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db

SAME = [
    ("Sleep", "sleep"),
    ("Сон", "сон"),
    ("ΎΠΝΟΣ", "ύπνος"),
    ("Café", "CAFE\u0301"),
    ("at work", "  At \t  WORK\u3000"),
    ("Straße", "STRASSE"),
    ("नींद", "नींद\u200e"),
    ("💤", " 💤 "),
    ("Ｚｅｎ", "zen"),
]
DIFFERENT = ["💤", "🫨", "C", "C++", "C#", "नद", "नींद", "睡眠", "שינה", "نوم", "50 %", "%", "a&b", "ab"]


def tagged(blog, *names: str, **more):
    post = PostFactory(parent=blog, **more)
    post.tags.set(names)
    post.save()
    return post


def links(html: str) -> list[str]:
    return re.findall(r'href="(/blog/\?tag=[^"]+)"', html)


@pytest.mark.parametrize(("first", "then"), SAME)
def test_a_tag_in_another_spelling_is_the_same_tag(client, blog, first, then):
    one, two = tagged(blog, first), tagged(blog, then, first)

    assert list(one.tags.all()) == list(two.tags.all())
    assert Tag.objects.count() == 1
    for asked in (first, then, one.tags.get().slug):
        html = client.get("/blog/", {"tag": asked}).content.decode()
        assert one.title in html
        assert two.title in html
        assert len(client.get("/api/v1/posts/", {"tag": asked}).json()["items"]) == 2


@pytest.mark.parametrize(("first", "then"), SAME)
def test_a_tag_is_taken_off_in_any_spelling(blog, first, then):
    post = tagged(blog, first, "another")
    post.tags.remove(then)
    post.save()

    assert [tag.name for tag in type(post).objects.get().tags.all()] == ["another"]


def test_a_tag_that_nobody_can_see_is_none(blog):
    assert tagged(blog, "\u200b", "\u2800", " ", "\x07", "rest").tags.get().name == "rest"


def test_each_tag_has_an_address_that_lists_its_posts_alone(client, blog):
    posts = {name: tagged(blog, name, title=f"Post about {number}.") for number, name in enumerate(DIFFERENT)}

    for name, post in posts.items():
        (link,) = links(client.get(post.url).content.decode())
        html = client.get(link).content.decode()
        assert re.findall(r"Post about \d+\.", html) == [post.title], (name, link)
    assert Tag.objects.count() == len(DIFFERENT)


def test_an_editor_types_tags_in_any_spelling(blog, editor):
    tagged(blog, "Rest", "💤")
    post = tagged(blog)
    staff, url = signed_in(editor), f"/admin/pages/{post.pk}/edit/"
    typed = {
        "title": post.title,
        "slug": post.slug,
        "standfirst": "One.",
        "date": "2026-11-20",
        "tags": '"rest ", "💤",\t"new\x0bone", "NEW one"',
        "body-count": "0",
        "action-publish": "1",
    }
    typed |= {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM")}
    typed |= {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "quote"}
    typed |= {"body-0-id": "", "body-0-value-text": "I slept.", "body-0-value-who": ""}
    typed |= {"body-0-value-source_url": "", "comments-MAX_NUM_FORMS": ""}

    answer = staff.post(url, typed)

    assert answer.status_code == 302, answer.content.decode()[:500]
    names = set(BlogPostTag.objects.filter(content_object=post).values_list("tag__name", flat=True))
    assert {name.lower() for name in names} == {"rest", "💤", "new one"}
    assert Tag.objects.count() == 3


@pytest.mark.parametrize(
    "query", ["tag=none", "category=none", "tag=sleep&category=none", "tag=%F0%9F%AB%A8"]
)
def test_an_unknown_tag_or_category_shows_a_sentence_and_no_posts(client, blog, query):
    post = tagged(blog, "sleep", title="Shown elsewhere")
    PostFactory(parent=blog, title="Without tag and category")

    answer = client.get(f"/blog/?{query}")
    html = answer.content.decode()

    assert answer.status_code == 200
    assert "There is no such" in html
    assert post.title not in html
    assert "Without tag" not in html
    assert '<meta name="robots" content="noindex">' in html
    assert client.get(f"/api/v1/posts/?{query}").json() == {"items": [], "next": None}


@pytest.mark.parametrize("model", [Category, Author])
@pytest.mark.parametrize("name", ["Сон и отдых", "नींद", "睡眠", "💤", "ΎΠΝΟΣ", "שינה", "???", "Straße" * 9])
def test_a_category_and_an_author_get_a_slug_of_their_script(client, blog, admin, model, name):
    staff, words = signed_in(admin), {"name": name, "slug": "", "credentials": "", "bio": ""}
    url = f"/admin/snippets/blog/{model._meta.model_name}/add/"

    for _ in range(2):
        answer = staff.post(url, words)
        assert answer.status_code == 302, re.findall(r"error-message.*", answer.content.decode())

    first, second = model.objects.order_by("pk")
    assert first.slug != second.slug
    first.full_clean()
    if model is Category:
        post = PostFactory(parent=blog, category=first)
        link = f"/blog/?category={quote(first.slug)}"
        assert link in client.get(post.url).content.decode()
        assert post.title in client.get(link).content.decode()


def test_slugs_are_made_of_letters_digits_and_marks():
    assert slugs.of("Was heißt „Schlaf“?") == "was-heisst-schlaf"
    assert slugs.of("नींद क्या है?") == "नींद-क्या-है"
    assert slugs.of("ΎΠΝΟΣ ΚΑΛΟΣ") == "ύπνος-καλος"
    assert slugs.of("sleep ❤️") == "sleep"
    assert slugs.of("❤️") == "u2764"
    assert slugs.of(" ") == ""


def test_pages_have_slugs_of_their_script(client, blog):
    post = PostFactory(parent=blog, title="Сон и отдых", slug="")

    assert post.slug == "сон-и-отдых"
    assert client.get(post.url).status_code == 200
    assert client.get(f"/api/v1/posts/{post.slug}/").json()["id"] == post.pk
    assert quote("сон-и-отдых") in client.get("/sitemap.xml").content.decode()


def test_tags_from_before_are_merged_with_their_posts_and_drafts(client, blog):
    names = {
        "Sleep": "sleep",
        "sleep": "sleep_1",
        "SLEEP ": "sleep_2",
        "💤": "",
        "नींद": "नद",
        "Сон": "сон",
        "сон": "сон_1",
    }
    old = {name: Tag.objects.create(name=name, slug=slug or "x") for name, slug in names.items()}
    Tag.objects.filter(slug="x").update(slug="")
    posts = [tagged(blog) for _ in range(3)]
    for post, of in zip(
        posts, (["Sleep", "sleep", "Сон"], ["sleep", "💤"], ["SLEEP ", "नींद", "сон"]), strict=True
    ):
        for name in of:
            post.tagged_items.add(BlogPostTag(tag=old[name]))
        post.save()
        post.save_revision()

    import_module("blog.migrations.0004_one_tag_for_each_key").merge(apps, None)

    assert [sorted(tag.name for tag in post.tags.all()) for post in map(fresh, posts)] == [
        ["sleep", "Сон"],
        ["sleep", "💤"],
        ["sleep", "Сон", "नींद"],
    ]
    assert [
        sorted(tag.name for tag in fresh(post).get_latest_revision_as_object().tags.all()) for post in posts
    ] == [
        ["sleep", "Сон"],
        ["sleep", "💤"],
        ["sleep", "Сон", "नींद"],
    ]
    assert set(Tag.objects.values_list("slug", flat=True)) == {"sleep_1", "u1f4a4", "नद", "сон"}
    for address in ("नद", "नींद", "сон"):
        assert posts[2].title in client.get("/blog/", {"tag": address}).content.decode()
    assert posts[2].title in client.get("/blog/?tag=sleep").content.decode()
    assert json.dumps(fresh(posts[0]).latest_revision.content["tagged_items"]).count('"tag"') == 2


def fresh(post):
    return type(post).objects.get(pk=post.pk)


def tag_through_the_form(staff, post, tags: str):
    typed = {
        "title": post.title,
        "slug": post.slug,
        "standfirst": "One.",
        "date": "2026-11-20",
        "tags": tags,
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "quote",
        "body-0-id": "",
        "body-0-value-text": "I slept.",
        "body-0-value-who": "",
        "body-0-value-source_url": "",
        "comments-MAX_NUM_FORMS": "",
        "action-publish": "1",
    }
    typed |= {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM")}
    return staff.post(f"/admin/pages/{post.pk}/edit/", typed)


OF_PICTURES = [
    ("Straße", "Straße"),
    ("Straße", "STRASSE"),
    ("हिंदी", "हिंदी"),
    ("💤", "💤"),
    ("İstanbul", "i\u0307stanbul"),
    ("½ day", "½ DAY"),
    ("e\u2011mail", "E\u2010mail"),
    ("sleep", "Sleep"),
]


@pytest.mark.parametrize("made_by", ["us", "taggit"])
@pytest.mark.parametrize(("of_picture", "of_post"), OF_PICTURES)
def test_a_tag_of_a_picture_is_the_one_of_a_post_and_the_other_way_round(
    client, blog, admin, of_picture, of_post, made_by
):
    staff, picture, post = signed_in(admin), ImageFactory(), tagged(blog)
    url = f"/admin/images/{picture.pk}/"
    picture_fields = {"title": "One", "collection": picture.collection_id}

    assert staff.post(url, {**picture_fields, "tags": f'"{of_picture}"'}).status_code == 302
    if made_by == "taggit":
        old = slugify(of_picture, allow_unicode=True)
        Tag.objects.update(slug=old)
    assert tag_through_the_form(staff, post, f'"{of_post}"').status_code == 302
    assert staff.post(url, {**picture_fields, "tags": f'"{of_post}", "more"'}).status_code == 302

    tag = Tag.objects.exclude(name="more").get()
    assert tag.name == cleaning.single_line(of_picture)
    assert {each.name for each in picture.tags.all()} == {tag.name, "more"}
    for asked in filter(None, (tag.slug, of_picture)):
        assert post.title in client.get("/blog/", {"tag": asked}).content.decode()


def test_a_new_tag_has_our_slug_whoever_makes_it(blog):
    ImageFactory().tags.add("Straße", "हिंदी", "💤", "C", "C++", "½ day")

    assert set(Tag.objects.values_list("slug", flat=True)) == {
        "strasse",
        "हिंदी",
        "u1f4a4",
        "c",
        "c_1",
        slugs.of("½ day"),
    }


def test_a_post_finds_a_tag_with_a_slug_of_taggit_without_a_form_too(blog):
    old = Tag.objects.create(name="Straße")
    Tag.objects.update(slug="straße")

    assert tagged(blog, "STRASSE").tags.get() == old

"""Trees broken by hand, as half-finished copies and restores break them."""

from io import StringIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from taggit.models import Tag
from wagtail.models import Page
from wagtail_factories import ImageFactory

from blog.models import BlogIndexPage, BlogPostPage, BlogPostTag, Category
from tests.conftest import signed_in, visitor
from tests.factories import BlogFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(home):
    section = BlogFactory(parent=home, slug="section", title="Section")
    for number in range(3):
        PostFactory(parent=section, slug=f"post-{number}", title=f"Post {number}").save_revision().publish()
    return section


def rows(**of: object) -> QuerySet:
    return QuerySet(Page).filter(**of)


def forget_children(section) -> None:
    """What a copy left that ended before it had counted them."""
    rows(pk=section.pk).update(numchild=0)


def lose_the_section(section) -> None:
    with connection.constraint_checks_disabled():
        pk = section.pk
        BlogIndexPage.objects.filter(pk=pk)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM wagtailcore_revision WHERE object_id = %s", [str(pk)])
            cursor.execute("DELETE FROM blog_blogindexpage WHERE page_ptr_id = %s", [pk])
            cursor.execute("DELETE FROM wagtailsearch_indexentry WHERE object_id = %s", [str(pk)])
            cursor.execute("DELETE FROM wagtailcore_page WHERE id = %s", [pk])


def sink(section) -> None:
    rows(path__startswith=section.path).update(depth=7)


def misname(section) -> None:
    rows(slug="post-1").update(url_path="/somewhere/else/")
    rows(pk=section.pk).update(url_path="/old/")


def name_alike(section) -> None:
    rows(slug="post-1").update(slug="post-2", url_path="/home/section/post-2/")


def spoil_a_path(section) -> None:
    rows(slug="post-1").update(path=section.path + "a!")


def lose_the_content(section) -> None:
    pk = BlogPostPage.objects.get(slug="post-1").pk
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM blog_blogposttag WHERE content_object_id = %s", [pk])
        cursor.execute("DELETE FROM blog_blogpostpage WHERE page_ptr_id = %s", [pk])


BREAKS = {
    "children not counted": forget_children,
    "the section gone": lose_the_section,
    "wrong depths": sink,
    "wrong addresses": misname,
    "two of one name": name_alike,
    "a wrong path": spoil_a_path,
    "content gone": lose_the_content,
}


def repair(*options: str) -> str:
    said = StringIO()
    call_command("repair_tree", *options, stdout=said)
    return said.getvalue()


def assert_sound(posts: int = 3) -> None:
    assert Page.find_problems() == ([], [], [], [], [])
    assert BlogPostPage.objects.count() == posts
    for post in BlogPostPage.objects.all():
        parent = post.get_parent()
        assert post in parent.get_children().specific()
        assert post.url_path == f"{parent.url_path}{post.slug}/"
        assert post.body[1].value.source == "<p>It is a quiet hour.</p>"
    assert BlogPostPage.objects.values("slug").distinct().count() == posts


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_tree_is_mended_without_losing_a_page(section, how):
    BREAKS[how](section)
    before = rows().count()

    said = repair()

    assert "problems repaired." in said
    assert rows().count() == before
    assert_sound()
    assert repair() == "The tree is in order.\n"


@pytest.mark.parametrize("how", BREAKS)
def test_a_dry_run_says_the_same_and_changes_nothing(section, how):
    BREAKS[how](section)
    before = list(rows().order_by("pk").values())

    said = repair("--dry-run")

    assert list(rows().order_by("pk").values()) == before
    assert said.splitlines()[:-1] == repair().splitlines()[:-1] != []


def test_a_sound_tree_is_left_alone(section):
    before = list(rows().order_by("pk").values())

    assert repair() == "The tree is in order.\n"
    assert list(rows().order_by("pk").values()) == before


def test_a_section_that_took_no_pages_takes_them_again_and_is_listed(section, admin):
    forget_children(section)
    repair()
    section.refresh_from_db()

    PostFactory(parent=section, slug="one-more")

    assert visitor().get("/section/one-more/").status_code == 200
    assert "Post 1" in signed_in(admin).get(f"/admin/pages/{section.pk}/").content.decode()


def test_a_page_without_content_or_revision_becomes_one_that_staff_can_delete(section, admin):
    post = BlogPostPage.objects.get(slug="post-1")
    post.revisions.all().delete()
    lose_the_content(section)

    assert "has no revision: unpublished; delete it." in repair()

    page = Page.objects.get(pk=post.pk)
    assert (page.live, page.content_type) == (False, ContentType.objects.get_for_model(Page))
    assert signed_in(admin).get(f"/admin/pages/{section.pk}/").status_code == 200
    signed_in(admin).post(f"/admin/pages/{post.pk}/delete/", {"confirm_site_name": "Our site"})
    assert not Page.objects.filter(pk=post.pk).exists()
    assert_sound(posts=2)


@pytest.mark.django_db(transaction=True)
def test_a_page_whose_revision_names_what_is_gone_is_restored_without_it(section):
    """A picture, a category and a tag: the database refused it all when everything was said already."""
    post = BlogPostPage.objects.get(slug="post-1")
    post.hero, post.category = ImageFactory(), Category.objects.create(name="Gone", slug="gone")
    post.tags.add("kept", "gone")
    post.save_revision().publish()
    lose_the_content(section)
    for gone in (Tag.objects.get(name="gone"), post.category, post.hero):
        gone.delete()
    stolen = BlogPostTag.objects.create(
        pk=post.get_latest_revision().content["tagged_items"][0]["pk"],
        tag=Tag.objects.get(name="kept"),
        content_object=BlogPostPage.objects.get(slug="post-2"),
    )

    said = repair()

    assert "restored from its last revision, without what is gone: " in said
    assert all(name in said for name in ("hero", "category", "tagged items"))
    assert_sound()
    post = BlogPostPage.objects.get(slug="post-1")
    assert list(post.tags.names()) == ["kept"]
    assert (post.hero, post.category) == (None, None)
    stolen.refresh_from_db()
    assert stolen.content_object.slug == "post-2"
    assert repair() == "The tree is in order.\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [{"body": 7, "hero": "x"}, {"date": "never"}, {"tagged_items": [{}]}, {}])
def test_a_revision_that_cannot_be_used_stops_no_other_repair(section, content):
    misname(section)
    post = BlogPostPage.objects.get(slug="post-1")
    old = post.get_latest_revision()
    type(old).objects.filter(pk=old.pk).update(content=content)
    lose_the_content(section)

    assert f"Page {post.pk} (Post 1) had lost its content" in repair()

    assert rows(slug="post-1").exists()
    assert Page.find_problems() == ([], [], [], [], [])
    assert repair() == "The tree is in order.\n"


def test_nor_does_one_that_the_database_refuses(section):
    misname(section)
    post = BlogPostPage.objects.get(slug="post-1")
    old = post.get_latest_revision()
    type(old).objects.filter(pk=old.pk).update(content={**old.content, "standfirst": None})
    lose_the_content(section)

    assert f"Page {post.pk} (Post 1) had lost its content and its last revision cannot be used" in repair()

    assert Page.find_problems() == ([], [], [], [], [])
    assert repair() == "The tree is in order.\n"


def test_two_roots_of_one_slug_are_distinguished(section):
    root = Page.objects.get(depth=1)
    Page.add_root(instance=Page(title="Second", slug=root.slug))

    assert "of another page beside it" in repair()

    assert rows(depth=1).values("slug").distinct().count() == 2
    assert repair() == "The tree is in order.\n"


def test_a_path_that_begins_like_others_takes_none_of_them_along(section):
    path = BlogPostPage.objects.get(slug="post-1").path
    rows(slug="post-2").update(path=path[:-3])

    repair()

    assert_sound()


def test_each_of_many_orphans_finds_a_place_of_its_own(section):
    kind = ContentType.objects.get_for_model(Page)
    lost = section.path + "ZZZZ"
    Page.objects.bulk_create(
        Page(
            path=f"{lost}{number:04}",
            depth=4,
            title="Lost",
            slug=f"lost-{number}",
            url_path=f"/{number}/",
            content_type=kind,
            draft_title="Lost",
            locale=section.locale,
        )
        for number in range(1, 401)
    )
    before = rows().count()

    assert repair().count("had no page above it") == 400

    assert rows().count() == before == rows().values("path").distinct().count()
    assert Page.find_problems() == ([], [], [], [], [])


def test_everything_at_once(section):
    for break_it in (lose_the_content, misname, name_alike, forget_children, sink):
        break_it(section)

    repair()

    assert_sound()

"""Several pages published at once, with aliases among them."""

import pytest
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Page

from tests.conftest import signed_in
from tests.factories import BlogFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alias(post):
    """One whose source is a draft again, beside two drafts."""
    made = CreatePageAliasAction(post, update_slug="mirror").execute(skip_permission_checks=True)
    post.unpublish()
    for slug in ("one", "two"):
        PostFactory(parent=post.get_parent(), slug=slug, draft=True).save_revision()
    return Page.objects.get(pk=made.pk)


def url(*pages: Page) -> str:
    return "/admin/bulk/wagtailcore/page/publish/?" + "&".join(f"id={page.pk}" for page in pages)


def live() -> set[str]:
    return set(Page.objects.live().filter(depth__gt=2).values_list("slug", flat=True))


def test_the_alias_is_left_out_and_the_others_are_published(admin, alias):
    one, two = Page.objects.get(slug="one"), Page.objects.get(slug="two")
    alias.unpublish()

    asked = signed_in(admin).get(url(one, alias, two)).content.decode()
    answer = signed_in(admin).post(url(one, alias, two))

    assert "aliases, which are published with the page they show" in asked
    assert answer.status_code == 302
    assert live() == {"blog", "one", "two"}


def test_so_it_is_below_a_section_that_is_published_whole(admin, blog, alias):
    blog.unpublish()
    alias.unpublish()
    one = Page.objects.get(slug="one")

    where = f"{url(one, blog)}&next=/admin/pages/{blog.pk}/"
    answer = signed_in(admin).post(where, {"include_descendants": "on"}, follow=True)

    assert live() == {"blog", "one", "two", "a-quiet-hour", "mirror"}  # the last one by its source
    assert "2 pages and 2 child pages have been published" in answer.content.decode()


def test_an_alias_alone_and_an_alias_of_a_section_publish_nothing(admin, home, blog, alias):
    section = CreatePageAliasAction(blog, recursive=True, update_slug="mirrors").execute(
        skip_permission_checks=True
    )
    before = live()

    for page in (alias, section):
        answer = signed_in(admin).post(url(page), {"include_descendants": "on"})
        assert answer.status_code < 400
    assert live() == before


def test_nothing_is_published_for_whom_it_is_not(editor, home, alias):
    """Of a section, too: an editor without the right leaves every draft a draft."""
    editor.groups.clear()
    BlogFactory(parent=home, slug="other", live=False)

    signed_in(editor).post(
        url(*Page.objects.filter(slug__in=("one", "other"))), {"include_descendants": "on"}
    )

    assert "one" not in live()
    assert "other" not in live()

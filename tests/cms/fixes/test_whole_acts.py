import pytest
from django.db import connection
from wagtail import actions
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from blog.models import BlogPostPage
from tests.cms.errors.test_outage import Failing
from tests.factories import PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Stop(Exception):
    """What another app, a full disk or a database that is away makes of the third page."""


@pytest.fixture
def section(blog):
    for number in range(4):
        PostFactory(parent=blog, slug=f"post-{number}")
    return blog


@pytest.fixture
def ends_at_the_third_page():
    seen = []

    def end(instance: Page, **kwargs: object) -> None:
        seen.append(instance.pk)
        if len(seen) == 3:
            raise Stop

    for signal in (page_published, page_unpublished):
        signal.connect(end)
    yield
    for signal in (page_published, page_unpublished):
        signal.disconnect(end)


def tree() -> list[tuple]:
    return list(Page.objects.values_list("pk", "path", "numchild").order_by("pk"))


def test_a_copy_that_ends_half_way_leaves_nothing(section, ends_at_the_third_page):
    before = tree()

    with pytest.raises(Stop):
        section.copy(recursive=True, update_attrs={"slug": "next-year"})

    assert tree() == before
    assert not connection.in_atomic_block


def test_wagtails_own_copy_that_ends_half_way_leaves_half(section, ends_at_the_third_page, monkeypatch):
    """When this fails, look whether ``whole_acts`` is still needed, for each of its acts."""
    before = tree()
    monkeypatch.setattr(actions.CopyPageAction, "execute", actions.CopyPageAction.execute.__wrapped__)

    with pytest.raises(Stop):
        section.copy(recursive=True, update_attrs={"slug": "next-year"})

    assert len(tree()) > len(before)


def test_taking_a_section_down_that_ends_half_way_takes_nothing_down(section, ends_at_the_third_page, admin):
    with pytest.raises(Stop):
        actions.UnpublishPageAction(section, include_descendants=True, user=admin).execute()

    assert BlogPostPage.objects.live().count() == 4
    assert Page.objects.get(pk=section.pk).live


def test_publishing_that_ends_half_way_publishes_nothing(section, ends_at_the_third_page):
    post = BlogPostPage.objects.first()
    for slug in ("mirror-1", "mirror-2", "mirror-3"):
        post.create_alias(update_slug=slug)
    post.title = "Another title"

    with pytest.raises(Stop):
        post.save_revision().publish()

    assert not Page.objects.filter(title="Another title").exists()


def test_a_mirror_of_a_section_that_ends_half_way_leaves_nothing(section):
    before = tree()

    with (
        pytest.raises(Stop),
        connection.execute_wrapper(Failing('INSERT INTO "BLOG_BLOGPOSTPAGE"', 3, Stop())),
    ):
        section.create_alias(recursive=True, update_slug="mirror")

    assert tree() == before


def test_a_mirror_that_cannot_become_a_page_of_its_own_stays_one(section):
    post = BlogPostPage.objects.first()
    mirror = post.create_alias(update_slug="mirror")

    with (
        pytest.raises(Stop),
        connection.execute_wrapper(Failing('INSERT INTO "WAGTAILCORE_REVISION"', 1, Stop())),
    ):
        actions.ConvertAliasPageAction(mirror).execute()

    assert Page.objects.get(pk=mirror.pk).alias_of_id == post.pk


def test_a_move_of_which_something_fails_moves_nothing(section, home):
    def fail(**kwargs: object) -> None:
        raise Stop

    before = section.path
    post_page_move.connect(fail)
    try:
        with pytest.raises(Stop):
            section.move(StandardPageFactory(parent=home), pos="last-child")
    finally:
        post_page_move.disconnect(fail)

    assert Page.objects.get(pk=section.pk).path == before

"""What happens to pages, done through the admin or by command, and what a receiver hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms.webhooks.models import Call
from tests.cms.webhooks.conftest import names, told
from tests.conftest import signed_in
from tests.editor import Editor
from tests.factories import PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _quiet(endpoint, post, peer) -> None:
    """What the fixtures did is heard already."""
    told(peer)


@pytest.fixture
def browser(admin) -> Any:
    return signed_in(admin)


def moved_to(page: Page, parent: Page) -> None:
    page.move(parent, pos="last-child")


def set_privacy(browser: Any, page: Page, kind: str, **more: Any) -> None:
    url = f"/admin/pages/{page.pk}/privacy/"
    assert browser.post(url, {"restriction_type": kind, **more}).status_code == 200


def test_what_is_published_in_the_editor(browser, blog, peer):
    editor = Editor(browser, blog)
    editor.publish(editor.open())

    (body,) = told(peer)
    assert body["type"] == "page.published"
    assert body["data"] == {
        "id": blog.pk,
        "url": f"{SITE}/blog/",
        "api_url": f"{SITE}/api/v1/pages/id:{blog.pk}/",
        "public": True,
    }


def test_the_address_of_the_api_answers(post, peer, client):
    post.save_revision().publish()
    (body,) = told(peer)

    assert client.get(body["data"]["api_url"].removeprefix(SITE)).json()["id"] == post.pk


def test_a_draft_is_told_of_to_nobody(browser, blog, post, peer):
    editor = Editor(browser, post)
    editor.save(editor.open())
    draft = PostFactory(parent=blog, draft=True, slug="draft")
    Page.objects.get(pk=draft.pk).delete()

    assert told(peer) == []


def test_what_is_scheduled_is_told_when_its_time_has_come(blog, peer):
    draft = PostFactory(parent=blog, draft=True, slug="later", first_published_at=None)
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    revision = draft.save_revision()
    revision.publish()
    assert told(peer) == []

    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    call_command("publish_scheduled")
    Page.objects.filter(pk=draft.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")

    assert names(told(peer)) == ["page.published", "page.unpublished"]


def test_what_is_unpublished_with_all_below_it(browser, blog, post, peer):
    browser.post(f"/admin/pages/{blog.pk}/unpublish/", {"include_descendants": "on"})

    bodies = told(peer)
    assert names(bodies) == ["page.unpublished"] * 2
    assert {body["data"]["id"] for body in bodies} == {blog.pk, post.pk}
    assert [body["data"]["public"] for body in bodies] == [False, False]


def test_a_move_names_the_page_and_how_many_are_below_it(home, blog, post, peer):
    other = StandardPageFactory(parent=home, slug="other")
    told(peer)
    moved_to(blog, other)

    (body,) = told(peer)
    assert body["type"] == "page.moved"
    assert body["data"]["previous_url"] == f"{SITE}/blog/"
    assert body["data"]["url"] == f"{SITE}/other/blog/"
    assert body["data"]["descendants"] == 1


def test_another_slug_is_a_move(browser, blog, post, peer):
    editor = Editor(browser, blog)
    editor.publish({**editor.open(), "slug": "journal"})

    moved, published = told(peer)
    assert (moved["type"], published["type"]) == ("page.moved", "page.published")
    assert (moved["data"]["previous_url"], moved["data"]["descendants"]) == (f"{SITE}/blog/", 1)
    assert moved["data"]["url"] == f"{SITE}/journal/"


def test_another_place_among_its_siblings_is_none(home, blog, peer):
    StandardPageFactory(parent=home, slug="other")
    told(peer)
    Page.objects.get(pk=blog.pk).move(home, pos="last-child")

    assert told(peer) == []


def test_what_is_deleted_is_named_once_with_how_many_go_with_it(browser, blog, post, peer):
    PostFactory(parent=blog, slug="second")
    PostFactory(parent=blog, slug="draft", draft=True)
    told(peer)
    browser.post(f"/admin/pages/{blog.pk}/delete/", {"confirm_site_name": ""})

    assert not Page.objects.filter(pk=blog.pk).exists()
    (body,) = told(peer)
    assert body["type"] == "page.deleted"
    assert body["data"]["id"] == blog.pk
    assert body["data"]["url"] == f"{SITE}/blog/"
    assert (body["data"]["descendants"], body["data"]["public"]) == (2, False)


def test_so_is_each_of_several_that_are_deleted_at_once(browser, blog, post, peer):
    second = PostFactory(parent=blog, slug="second")
    told(peer)
    query = f"?id={post.pk}&id={second.pk}"
    browser.post(f"/admin/bulk/wagtailcore/page/delete/{query}", follow=True)

    assert {body["data"]["id"] for body in told(peer)} == {post.pk, second.pk}


def test_pages_that_a_program_deletes_by_a_query(home, blog, post, peer):
    other = StandardPageFactory(parent=home, slug="other")
    told(peer)
    Page.objects.filter(pk__in=[blog.pk, post.pk, other.pk]).delete()

    assert {body["data"]["id"] for body in told(peer)} == {blog.pk, other.pk}


def test_a_restriction_of_a_section_and_its_end(browser, blog, post, peer):
    set_privacy(browser, blog, "login")
    set_privacy(browser, blog, "none")

    closed, opened = told(peer)
    assert (closed["type"], opened["type"]) == ("page.restricted", "page.restricted")
    assert [closed["data"][key] for key in ("id", "public", "restriction", "descendants")] == [
        blog.pk,
        False,
        "login",
        1,
    ]
    assert [opened["data"][key] for key in ("public", "restriction")] == [True, "none"]


def test_other_groups_are_another_restriction(browser, blog, peer):
    group = Group.objects.first()
    set_privacy(browser, blog, "groups", groups=[group.pk])
    first = len(told(peer))
    restriction = PageViewRestriction.objects.get()
    restriction.groups.remove(group)

    assert first >= 1
    assert names(told(peer)) == ["page.restricted"]


def test_a_restriction_that_goes_with_its_page_is_told_with_the_page(browser, blog, peer):
    set_privacy(browser, blog, "login")
    told(peer)
    Page.objects.get(pk=blog.pk).delete()

    assert names(told(peer)) == ["page.deleted"]


def test_an_alias_is_told_of_when_it_is_made_and_when_its_source_changes(home, post, peer):
    section = StandardPageFactory(parent=home, slug="section")
    told(peer)
    alias = post.create_alias(parent=section, update_slug="alias")
    assert [(body["type"], body["data"]["id"]) for body in told(peer)] == [("page.published", alias.pk)]

    post.save_revision().publish()
    assert sorted(body["data"]["id"] for body in told(peer)) == [post.pk, alias.pk]

    PageViewRestriction.objects.create(page=post, restriction_type="login")
    bodies = told(peer)
    assert names(bodies) == ["page.restricted"] * 2
    assert [(body["data"]["id"], body["data"]["public"]) for body in bodies] == [
        (post.pk, False),
        (alias.pk, False),
    ]

    Page.objects.get(pk=post.pk).specific.unpublish()
    assert sorted(body["data"]["id"] for body in told(peer)) == [post.pk, alias.pk]


def test_a_copy_that_is_live_is_told_of_once(blog, post, peer):
    blog.copy(recursive=True, update_attrs={"slug": "next-year"})

    bodies = told(peer)
    assert names(bodies) == ["page.published"] * 2
    assert len({body["data"]["id"] for body in bodies}) == 2


def test_an_act_that_is_rolled_back_is_not_told(post, peer):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post.save_revision().publish()
        raise ZeroDivisionError

    assert told(peer) == []


@pytest.mark.django_db(transaction=True)
def test_every_act_has_its_call_when_it_is_committed(browser, home, blog, post, peer):
    """Nothing waits for a hook after the commit, where a killed process would lose it."""
    other = StandardPageFactory(parent=home, slug="other")
    Call.objects.all().delete()
    with transaction.atomic():
        post.save_revision().publish()
        PageViewRestriction.objects.create(page=blog, restriction_type="login")
        moved_to(blog, other)
        made = list(Call.objects.order_by("pk").values_list("event", flat=True))

    assert made == ["page.published", "page.restricted", "page.moved"]
    Page.objects.get(pk=post.pk).move(home, pos="last-child")
    set_privacy(browser, blog, "none")
    assert Call.objects.count() == 5

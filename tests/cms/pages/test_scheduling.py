"""A page that has expired can be written on and published again, by every way there is."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, get_page_models
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.pages import scheduling
from tests.conftest import signed_in, visitor
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db

REFUSED = "must be in the future"


@pytest.fixture
def expired(blog):
    """A post that went live and is gone again, as scheduled. Its clock has seconds."""
    post = PostFactory(parent=blog, title="For a short while", slug="short")
    post.go_live_at, post.expire_at = ago(days=2), ago(days=1)
    post.save_revision().publish()
    post.refresh_from_db()
    post.expire_at = ago(days=1)
    post.save()
    revision = post.save_revision()
    type(post).objects.filter(pk=post.pk).update(live_revision=revision)
    call_command("publish_scheduled")
    post.refresh_from_db()
    assert (post.live, post.expired) == (False, True)
    return post


def ago(**some: int):
    return timezone.now() - timedelta(**some)


def form_of(page, **change: str) -> dict[str, str]:
    """The editor's fields as its page shows them."""
    draft = page.get_latest_revision_as_object()
    fields = {
        "title": draft.title,
        "slug": draft.slug,
        "standfirst": draft.standfirst,
        "date": f"{draft.date:%Y-%m-%d}",
        "body": streamfield([("paragraph", rich_text("<p>Other words.</p>"))]),
        "go_live_at": spelt(draft.go_live_at),
        "expire_at": spelt(draft.expire_at),
        "comments_open": "on",
        "loaded_revision_created_at": str(draft.latest_revision_created_at or ""),
        "comment_moderation": "",
        "hero": "",
        "author": "",
        "category": "",
    }
    return nested_form_data(fields) | change


def spelt(moment) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def send(user, page, json_wanted: bool = False, **change: str):
    headers = {"accept": "application/json"} if json_wanted else {}
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answer = signed_in(user).post(url, form_of(page, **change), headers=headers, follow=not json_wanted)
    page.refresh_from_db()
    return answer


def test_it_can_be_saved_as_a_draft(editor, expired):
    answer = send(editor, expired, title="Once more")

    assert REFUSED not in answer.content.decode()
    draft = expired.get_latest_revision_as_object()
    assert (draft.title, expired.live) == ("Once more", False)
    assert draft.expire_at is not None


def test_it_saves_itself(editor, expired):
    answer = send(editor, expired, json_wanted=True, title="Once more")

    assert json.loads(answer.content)["success"] is True, answer.content
    assert expired.get_latest_revision_as_object().title == "Once more"


@pytest.mark.parametrize("draft_first", [False, True])
def test_published_again_it_stays_and_its_editor_learns_why(editor, expired, draft_first):
    if draft_first:
        send(editor, expired, title="Once more")
    answer = send(editor, expired, title="Once more", **{"action-publish": "action-publish"})

    assert str(scheduling.REMOVED) in answer.content.decode()
    assert (expired.live, expired.expired, expired.expire_at) == (True, False, None)
    assert expired.get_latest_revision_as_object().expire_at is None
    call_command("publish_scheduled")
    assert "Once more" in visitor().get(expired.get_url()).content.decode()


def test_published_from_a_list_or_by_a_program_it_stays_too(editor, expired):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    signed_in(editor).post(f"{url}?id={expired.pk}")
    expired.refresh_from_db()
    assert (expired.live, expired.expire_at) == (True, None)

    expired.expire_at = ago(hours=1)
    expired.save_revision().publish()
    expired.refresh_from_db()
    assert (expired.live, expired.expire_at) == (True, None)


def test_a_time_to_go_live_can_be_set_beside_the_old_expiry(editor, expired):
    later = timezone.now() + timedelta(days=3)
    answer = send(editor, expired, go_live_at=spelt(later), **{"action-publish": "action-publish"})

    assert "scheduled for publishing" in answer.content.decode()
    assert str(scheduling.REMOVED) not in answer.content.decode()
    assert expired.revisions.filter(approved_go_live_at__isnull=False).count() == 1
    with time_machine.travel(later + timedelta(minutes=1)):
        call_command("publish_scheduled")
        call_command("publish_scheduled")
    expired.refresh_from_db()
    assert (expired.live, expired.expire_at) == (True, None)


@pytest.mark.parametrize("days", [-1, -400])
@pytest.mark.parametrize("action", [{}, {"action-publish": "action-publish"}])
def test_a_new_expiry_in_the_past_is_refused_with_words(editor, post, days, action):
    answer = send(editor, post, expire_at=spelt(timezone.now() + timedelta(days=days)), **action)

    assert REFUSED in answer.content.decode()


def test_so_is_another_one_in_the_past_for_an_expired_page(editor, expired):
    assert REFUSED in send(editor, expired, expire_at=spelt(ago(hours=5))).content.decode()


def test_one_in_the_future_is_kept(editor, expired):
    later = timezone.now() + timedelta(days=3)
    send(editor, expired, expire_at=spelt(later), **{"action-publish": "action-publish"})

    assert (expired.live, spelt(expired.expire_at)) == (True, spelt(later))


def test_every_kind_of_page_has_this_form():
    for model in get_page_models():
        if model is not Page:
            assert issubclass(model.get_edit_handler().get_form_class(), scheduling.PageForm), model

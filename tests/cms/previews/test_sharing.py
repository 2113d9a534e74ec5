"""Links to drafts: who makes, opens, lists and revokes them, and when they end."""

import re
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.admin.models import FormState
from wagtail.models import GroupPagePermission, PageLogEntry, PageViewRestriction

from blog.models import BlogPostPage
from cms.previews import sharing
from cms.previews.models import SharedDraft
from tests import crawl
from tests.cms.previews.conftest import FRONT_END
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, PostFactory, StandardPageFactory, UserFactory

pytestmark = pytest.mark.django_db
NAME, WORDS = "Zq4reader", "xw8 what a reader thinks"


def screen(page) -> str:
    return f"/admin/pages/{page.pk}/shared/"


def shared(browser, page, days: int = 7) -> str:
    """Make a link as an editor does, and return its path."""
    answer = browser.post(screen(page), {"do": "share", "days": days})
    assert answer.status_code == 200, answer.content
    url = BeautifulSoup(answer.content, "html.parser").find(id="made")["value"]
    assert url.startswith("http://localhost/preview/draft_")
    return url.removeprefix("http://localhost")


def text_of(answer) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


@pytest.fixture
def link(as_editor, draft) -> str:
    return shared(as_editor, draft)


# --- What a link opens ---


def test_a_link_shows_the_latest_draft_to_anyone(link):
    answer = visitor().get(link)

    words = text_of(answer)
    assert answer.status_code == 200
    assert "A loud hour" in words
    assert "It will be loud." in words
    assert "This is a draft." in words
    assert "A quiet hour" not in words


def test_the_page_itself_has_no_banner(link, draft):
    assert "This is a draft" not in text_of(visitor().get(draft.url))


def test_a_later_draft_is_seen_by_the_same_link(link, draft):
    draft.title = "Louder still"
    draft.save_revision()

    assert "Louder still" in text_of(visitor().get(link))


def test_a_page_that_was_never_published_is_shared(as_editor, unpublished):
    assert "Not yet" in text_of(visitor().get(shared(as_editor, unpublished)))
    assert visitor().get(unpublished.url).status_code == 404


def test_every_type_of_page_is_shared(as_editor, home, blog, contact):
    for page in (home, blog, contact, StandardPageFactory(title="About us")):
        answer = visitor().get(shared(as_editor, page))
        assert (answer.status_code, "This is a draft." in text_of(answer)) == (200, True)


def test_nobody_keeps_indexes_or_frames_it_and_no_link_tells_where_it_came_from(link):
    answer = visitor().get(link)

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_no_form_of_it_sends_anything(as_editor, link, contact):
    for path in (link, shared(as_editor, contact)):
        answer = visitor().get(path)
        assert "form-action 'none'" in answer["Content-Security-Policy"]
        assert 'id="comment-form"' not in answer.content.decode()
        assert visitor().post(path, {"name": "Ann", "comment": "Words."}).status_code in (403, 405)


def test_comments_are_no_part_of_it(as_editor, draft, link):
    CommentFactory(page=draft, approved=True, name=NAME, text=WORDS)
    CommentFactory(page=draft, name=NAME, text=WORDS)
    assert WORDS in text_of(visitor().get(draft.url))

    answer = visitor().get(link).content.decode()

    assert NAME not in answer
    assert WORDS not in answer
    assert "#comments" not in answer


def test_who_opens_it_is_a_stranger_to_it_whoever_they_are(as_editor, link):
    assert "wagtail-userbar" not in as_editor.get(link).content.decode()


def test_opening_it_writes_nothing_and_draws_no_picture(as_editor, blog):
    post = PostFactory(parent=blog, with_picture=True, drawn=False)
    link = shared(as_editor, post)
    post.hero.renditions.all().delete()
    before = crawl.contents()

    assert visitor().get(link).status_code == 200
    assert crawl.contents() == before


def test_a_link_to_a_private_page_shows_it_and_its_editor_is_told_so(as_editor, draft):
    PageViewRestriction.objects.create(page=draft, restriction_type="login")
    assert "This page is private." in text_of(as_editor.get(screen(draft)))

    assert "A loud hour" in text_of(visitor().get(shared(as_editor, draft)))


def test_with_a_front_end_it_leads_there_and_the_api_knows_the_token(as_editor, draft, front_end):
    link = shared(as_editor, draft)

    answer = visitor().get(link)

    token = link.strip("/").rpartition("/")[2]
    assert (answer.status_code, answer["Location"]) == (302, f"{FRONT_END}?token={token}")
    assert answer["Referrer-Policy"] == "no-referrer"
    read = visitor().get("/api/v1/preview/", {"token": token})
    assert read.json()["title"] == "A loud hour"
    assert read["Cache-Control"] == "private, no-store"


# --- When it ends ---


def assert_ended(link: str) -> None:
    """It is answered like any other that never was."""
    never = visitor().get("/preview/draft_x/")
    ended = visitor().get(link)
    assert (never.status_code, ended.status_code) == (404, 404)
    assert text_of(ended) == text_of(never)
    assert "no-store" in ended["Cache-Control"]
    token = link.strip("/").rpartition("/")[2]
    read = visitor().get("/api/v1/preview/", {"token": token})
    assert (read.status_code, read["Content-Type"]) == (404, "application/problem+json")
    assert read["Cache-Control"] == "private, no-store"


def test_it_ends_after_the_days_that_were_chosen(as_editor, draft):
    link = shared(as_editor, draft, days=1)
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        assert visitor().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert_ended(link)


@pytest.mark.parametrize("days", ["", "0", "8", "-1", "3650", "x"])
def test_other_days_are_refused(as_editor, draft, days):
    assert as_editor.post(screen(draft), {"do": "share", "days": days}).status_code == 422
    assert not SharedDraft.objects.exists()


def test_it_ends_when_it_is_revoked(as_editor, draft, link):
    revoked = as_editor.post(screen(draft), {"do": "revoke", "link": SharedDraft.objects.get().pk})

    assert revoked.status_code == 303
    assert_ended(link)


def test_it_ends_with_its_makers_right_to_edit(link, editor):
    editor.groups.clear()

    assert_ended(link)
    sharing.purge()
    assert not SharedDraft.objects.exists()


def test_it_ends_with_its_makers_account(link, editor):
    editor.is_active = False
    editor.save()

    assert_ended(link)


def test_it_ends_with_its_page(link, draft):
    draft.delete()

    assert not SharedDraft.objects.exists()
    assert_ended(link)


def test_the_purge_deletes_what_has_ended_and_nothing_else(as_editor, draft, editor):
    shared(as_editor, draft, days=1)
    kept = shared(as_editor, draft, days=30)
    FormState.objects.create(
        user=editor,
        content_type=draft.content_type,
        object_id=draft.pk,
        data="title=x",
        last_updated_at=timezone.now() + timedelta(hours=2),
    )
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        sharing.purge()
        assert SharedDraft.objects.count() == FormState.objects.count() == 1
        assert visitor().get(kept).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=27), tick=False):
        sharing.purge()
    assert not FormState.objects.exists()


# --- What is kept, and who sees it ---


def test_only_a_digest_is_stored(link):
    token = link.strip("/").rpartition("/")[2]
    assert token.encode() not in crawl.database_bytes()
    assert token.removeprefix("draft_").encode() not in crawl.database_bytes()


def test_the_link_is_shown_once(as_editor, draft, link):
    token = link.strip("/").rpartition("/")[2]

    assert token not in as_editor.get(screen(draft)).content.decode()


def test_it_is_listed_with_who_made_it_and_when_it_ends(as_editor, draft, admin, link):
    ends = timezone.now() + timedelta(days=7)

    for browser, url in ((as_editor, screen(draft)), (signed_in(admin), "/admin/reports/shared-drafts/")):
        words = text_of(browser.get(url))
        assert "editor" in words
        assert re.search(rf"{ends.day} {ends:%B} {ends.year}", words)


def test_sharing_and_revoking_stand_in_the_history_of_the_page(as_editor, draft, link):
    as_editor.post(screen(draft), {"do": "revoke", "link": SharedDraft.objects.get().pk})

    acts = PageLogEntry.objects.filter(page=draft.pk).order_by("timestamp", "pk")
    assert list(acts.values_list("action", "user__username"))[-2:] == [
        (sharing.SHARED, "editor"),
        (sharing.REVOKED, "editor"),
    ]
    history = text_of(as_editor.get(f"/admin/pages/{draft.pk}/history/"))
    assert "Shared the draft by a link for 7 days" in history
    assert "Revoked a link to the draft" in history


def test_a_page_has_no_more_links_than_it_may_have(as_editor, draft, monkeypatch):
    monkeypatch.setattr(sharing, "MOST_OF_A_PAGE", 2)
    for _ in range(2):
        shared(as_editor, draft)

    refused = as_editor.post(screen(draft), {"do": "share", "days": 7})

    assert refused.status_code == 422
    assert "Revoke one first." in text_of(refused)
    assert SharedDraft.objects.count() == 2


def test_the_editor_of_a_page_leads_to_its_links(as_editor, draft):
    assert f'href="{screen(draft)}"' in as_editor.get(f"/admin/pages/{draft.pk}/edit/").content.decode()


# --- Who may ---


@pytest.fixture
def other_editor(db, home):
    """May edit one other page, and nothing else."""
    person = UserFactory(username="other")
    person.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    group = person.groups.create(name="Editors of another page")
    page = StandardPageFactory(parent=home, title="Theirs", slug="theirs")
    GroupPagePermission.objects.create(group=group, page=page, permission_type="change")
    return person


def test_those_who_may_not_edit_the_page_make_and_revoke_none(
    draft, link, other_editor, moderator, front_desk
):
    pk = SharedDraft.objects.get().pk
    for person in (other_editor, moderator, front_desk):
        browser = signed_in(person)
        sent = (
            browser.get(screen(draft)),
            browser.post(screen(draft), {"do": "share", "days": 7}),
            browser.post(screen(draft), {"do": "revoke", "link": pk}),
            browser.get("/admin/reports/shared-drafts/"),
            browser.post("/admin/reports/shared-drafts/", {"do": "revoke", "link": pk}),
        )
        assert {answer.status_code for answer in sent} == {302}
        with pytest.raises(PermissionDenied):
            sharing.share(draft, days=7, by=person)
        with pytest.raises(PermissionDenied):
            sharing.revoke(SharedDraft.objects.get(), by=person)

    assert SharedDraft.objects.get().pk == pk
    assert visitor().get(link).status_code == 200


def test_a_link_of_another_page_is_not_revoked_from_this_one(draft, link, other_editor):
    theirs = other_editor.groups.get().page_permissions.get().page

    answer = signed_in(other_editor).post(
        screen(theirs), {"do": "revoke", "link": SharedDraft.objects.get().pk}
    )

    assert answer.status_code == 303
    assert visitor().get(link).status_code == 200


@pytest.mark.parametrize("sent", ["", "0", "x", "99999999999999999999999", "-1"])
def test_an_unknown_link_is_revoked_without_harm(as_editor, draft, link, sent):
    assert as_editor.post(screen(draft), {"do": "revoke", "link": sent}).status_code == 303
    assert SharedDraft.objects.count() == 1


def test_an_administrator_lists_and_revokes_the_links_of_all(draft, link, admin):
    browser = signed_in(admin)
    assert "A quiet hour" in text_of(browser.get("/admin/reports/shared-drafts/"))

    browser.post("/admin/reports/shared-drafts/", {"do": "revoke", "link": SharedDraft.objects.get().pk})

    assert_ended(link)
    assert PageLogEntry.objects.filter(action=sharing.REVOKED, user=admin).count() == 1


def test_the_overview_can_be_granted_to_a_group(editor, link):
    right = Permission.objects.get(codename="manage_shared_drafts")
    editor.groups.get().permissions.add(right)

    assert signed_in(editor).get("/admin/reports/shared-drafts/").status_code == 200


def test_no_page_of_its_own_hides_behind_the_links(home, editor):
    """The prefix of links is taken: a page of that name at the top would be hidden."""
    page = BlogPostPage(title="Preview", slug="preview")

    assert not page._slug_is_available("preview", home)

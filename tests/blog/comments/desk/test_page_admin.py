"""Reader comments where posts are written and run: side panel, lists, user bar, first page; their names."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import Page

from blog.comments.models import Decision
from blog.comments.moderation import authoring
from tests.conftest import signed_in, visitor
from tests.factories import (
    CommentFactory,
    ContactPageFactory,
    PostFactory,
    StandardPageFactory,
    UserFactory,
    plant_comments,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(post):
    """Two approved, one of them with an edit that waits; one held, one spam."""
    CommentFactory(page=post, name="Ann", text="approved words", approved=True)
    edited = CommentFactory(page=post, name="Eve", text="first words", approved=True)
    authoring.edit(edited, "better words")
    CommentFactory(page=post, name="Hal", text="held words")
    CommentFactory(page=post, name="Sid", text="spam words", spam=True)
    return post


@pytest.fixture
def editing_moderator(editor):
    """An editor who moderates too."""
    moderators = UserFactory(group="Comment moderators").groups.get()
    editor.groups.add(moderators)
    return signed_in(editor)


def editor_of(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def panel_in(html: str) -> str:
    _, found, rest = html.partition('data-side-panel="reader-comments"')
    assert found
    return rest.partition('data-side-panel="')[0]


# --- Beside the editor ---


def test_beside_the_editor_a_moderator_reads_what_was_said_and_what_waits(editing_moderator, said):
    html = editing_moderator.get(editor_of(said)).content.decode()

    panel = panel_in(html)
    for words in ("approved words", "first words", "held words", "2 approved", "2 waiting", "an edit waits"):
        assert words in panel
    assert "spam words" not in panel
    assert f'href="/admin/comments/?status=pending&amp;post=id%3A{said.pk}"' in panel
    assert f'href="/admin/comments/?status=approved&amp;post=id%3A{said.pk}"' in panel
    assert 'aria-label="Toggle reader comments"' in html


def test_an_editor_reads_there_what_any_visitor_reads(editor, said, client):
    panel = panel_in(signed_in(editor).get(editor_of(said)).content.decode())

    assert "approved words" in panel
    assert "held words" not in panel
    assert "waiting" not in panel
    assert "an edit waits" not in panel
    assert "/admin/comments/" not in panel
    first = said.reader_comments.get(comment="approved words")
    assert f'href="{said.url}comments/{first.pk}/"' in panel
    assert client.get(f"{said.url}comments/{first.pk}/").status_code == 302


def test_the_panel_is_there_without_comments_and_for_no_page_that_takes_none(editing_moderator, post):
    assert "No comments yet" in editing_moderator.get(editor_of(post)).content.decode()
    contact = ContactPageFactory()
    assert (
        'data-side-panel="reader-comments"' not in editing_moderator.get(editor_of(contact)).content.decode()
    )
    filled_in = editing_moderator.get(f"{editor_of(post)}?_w_hydrate_create_view=1")
    assert filled_in.status_code == 200
    assert 'data-side-panel="reader-comments"' not in filled_in.content.decode()
    parent = post.get_parent()
    new = reverse("wagtailadmin_pages:add", args=["blog", "blogpostpage", parent.pk])
    assert editing_moderator.get(new).status_code == 200


def test_the_panel_of_a_busy_post_costs_three_queries_more_than_an_empty_one(
    editing_moderator, blog, post, django_assert_max_num_queries
):
    plant_comments(post, [None] * 300)
    plant_comments(post, [None] * 50, status="pending")
    empty = PostFactory(parent=blog)

    def queries(page: Page) -> int:
        editing_moderator.get(editor_of(page))
        with django_assert_max_num_queries(120) as counted:
            editing_moderator.get(editor_of(page))
        return len(counted)

    assert queries(post) <= queries(empty) + 3


# --- Names ---


@pytest.mark.parametrize("kind", ["post", "other page", "new post", "earlier version"])
def test_in_no_editor_are_editors_comments_called_comments(editing_moderator, post, kind):
    post.save_revision()
    earlier = post.save_revision()
    url = {
        "post": lambda: editor_of(post),
        "other page": lambda: editor_of(StandardPageFactory()),
        "new post": lambda: reverse(
            "wagtailadmin_pages:add", args=["blog", "blogpostpage", post.get_parent().pk]
        ),
        "earlier version": lambda: reverse(
            "wagtailadmin_pages:revisions_revert", args=[post.pk, earlier.pk - 1]
        ),
    }[kind]()

    html = editing_moderator.get(url).content.decode()

    assert 'data-w-tooltip-content-value="Editors’ comments"' in html
    assert "Toggle editors’ comments" in html
    for unclear in ('content-value="Comments"', "Toggle comments"):
        assert unclear not in html


def test_what_is_ours_is_called_reader_comments(editing_moderator, admin, said):
    settings = editing_moderator.get(editor_of(said)).content.decode()
    assert "Reader comments" in settings.partition("tab-settings")[2]
    for url in ("/admin/", "/admin/comments/", "/admin/account/", "/admin/reports/site-history/"):
        html = signed_in(admin).get(url, follow=True).content.decode()
        assert "reader comments" in html.lower(), url
        for unclear in (">Comments<", '"Comments"'):
            assert unclear not in html, url


def test_every_permission_of_comments_and_messages_is_a_box_of_its_own_in_the_group_editor(admin):
    group = Group.objects.get(name="Comment moderators")

    html = signed_in(admin).get(f"/admin/groups/edit/{group.pk}/").content.decode()

    wanted = {
        "moderate_comments": "Can moderate reader comments",
        "reveal_address": "Can reveal a reader&#x27;s e-mail address",
        "export_person": "Can export what is kept of a person",
        "erase_person": "Can erase what is kept of a person",
        "read_messages": "Can read messages to staff",
    }
    for codename, label in wanted.items():
        box = Permission.objects.get(codename=codename)
        assert f'value="{box.pk}"' in html, codename
        assert label in html, codename
    assert Permission.objects.filter(codename="moderate_comments", group=group).exists()
    assert not Permission.objects.filter(codename="reveal_address", group=group).exists()


# --- Lists of posts ---


@pytest.mark.parametrize("which", ["explorer", "search", "all of the type"])
def test_lists_of_posts_tell_how_many_comments_each_has(editing_moderator, editor, said, blog, which):
    PostFactory(parent=blog, title="Nothing said")
    url = {
        "explorer": reverse("wagtailadmin_explore", args=[blog.pk]),
        "search": f"{reverse('wagtailadmin_explore', args=[blog.pk])}?q=quiet",
        "all of the type": reverse("wagtailadmin_pages:type_use", args=["blog", "blogpostpage"]),
    }[which]

    html = editing_moderator.get(url).content.decode()

    assert "Reader comments" in html
    assert "2 approved" in html
    assert f'<a href="/admin/comments/?status=pending&amp;post=id%3A{said.pk}">2 waiting</a>' in html
    assert ("0 approved" in html) is (which != "search")


def test_who_does_not_moderate_sees_no_number_that_waits(editor, said, blog):
    html = signed_in(editor).get(reverse("wagtailadmin_explore", args=[blog.pk])).content.decode()

    assert "2 approved" in html
    assert "waiting" not in html


def test_the_numbers_of_all_rows_are_one_query(editing_moderator, blog, django_assert_max_num_queries):
    def posts(number: int) -> None:
        for _ in range(number):
            post = PostFactory(parent=blog)
            plant_comments(post, [None] * 3)
            plant_comments(post, [None], status="pending")

    def read() -> list[str]:
        with django_assert_max_num_queries(200) as counted:
            html = editing_moderator.get(reverse("wagtailadmin_explore", args=[blog.pk])).content.decode()
        assert "3 approved" in html
        assert "1 waiting" in html
        return [query["sql"] for query in counted if "readercomment" in query["sql"]]

    posts(2)
    read()
    few = len(read())
    posts(15)
    assert len(read()) == few
    assert few == 2  # the number in the menu, and this


def test_other_lists_are_as_wagtail_has_them(editing_moderator, home, blog):
    html = editing_moderator.get(reverse("wagtailadmin_explore", args=[home.pk])).content.decode()

    assert "approved" not in html


# --- The user bar ---


def test_the_user_bar_on_a_post_leads_a_moderator_to_its_comments(as_moderator, said):
    html = as_moderator.get(said.url).content.decode()

    assert "Reader comments on this page (2 waiting)" in html
    url = escape(f"/admin/comments/?status=pending&post=id%3A{said.pk}")
    assert f'{url}"' in html


def test_nobody_else_has_it_and_no_other_page(as_moderator, editor, said, blog, client):
    words = "Reader comments on this page"
    assert "wagtail-userbar" in signed_in(editor).get(said.url).content.decode()
    for who, url in ((signed_in(editor), said.url), (client, said.url), (as_moderator, blog.url)):
        assert words not in who.get(url).content.decode()


def test_a_visitor_gets_the_same_page_with_and_without_a_made_up_session(said, settings):
    plain, odd = visitor(), visitor()
    odd.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32

    answers = [who.get(said.url) for who in (plain, odd)]

    assert "userbar" not in answers[1].content.decode()
    assert len(answers[0].content) == len(answers[1].content)
    assert not answers[0].cookies


# --- The admin's first page ---


def test_the_first_page_of_the_admin_leads_to_the_desk_in_plain_html_with_the_longest_wait(
    as_moderator, said
):
    oldest = said.reader_comments.get(comment="held words")
    Decision.objects.filter(comment=oldest).update(at=timezone.now() - timedelta(hours=3, minutes=5))

    main = as_moderator.get("/admin/").content.decode().partition("<main")[2]

    assert 'href="/admin/comments/"' in main
    assert "The oldest has waited <strong>3 hours</strong>" in main
    assert main.index("Hal") < main.index("Eve")


def test_also_when_nothing_waits(as_moderator, post):
    main = as_moderator.get("/admin/").content.decode().partition("<main")[2]

    assert "All caught up" in main
    assert 'href="/admin/comments/"' in main


def test_the_first_page_costs_the_same_with_five_and_with_hundreds(as_moderator, post):
    def queries() -> int:
        as_moderator.get("/admin/")
        with CaptureQueriesContext(connection) as counted:
            as_moderator.get("/admin/")
        return len(counted)

    for _ in range(5):
        CommentFactory(page=post)
    few = queries()
    plant_comments(post, [None] * 300, status="pending")
    assert queries() == few

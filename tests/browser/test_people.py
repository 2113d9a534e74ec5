"""A moderator's rarer ways: to the desk without scripts, a saved reply, a person, beside the editor."""

import pytest
from playwright.sync_api import expect

from blog.comments.models import SavedReply
from tests.browser.conftest import log_in
from tests.factories import CommentFactory

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_admins_first_page_to_a_saved_reply_and_the_person(post, arrive, moderator, scripts):
    SavedReply.objects.create(title="Opening hours", text="We open at nine.")
    CommentFactory(page=post, name="Ann", text="When do you open?")
    tab = arrive(java_script_enabled=scripts)
    log_in(tab, "moderator")

    tab.get_by_role("link", name="Open the desk").click()
    tab.get_by_role("link", name="More about the comment").click()
    tab.get_by_role("link", name="Opening hours").click()
    field = tab.get_by_label("Your reply")
    expect(field).to_have_value("We open at nine.")
    if scripts:
        field.fill("Good morning,")
        tab.get_by_role("link", name="Opening hours").click()
        expect(field).to_have_value("Good morning,\n\nWe open at nine.")
        expect(field).to_be_focused()
    tab.get_by_role("link", name="All by this person: comments").click()

    tab.get_by_label("A note for the other moderators").fill("Asks politely")
    tab.get_by_role("button", name="Save note").click()
    expect(tab.get_by_text("Asks politely")).to_be_visible()
    tab.get_by_role("button", name="Hold every comment by this person").click()
    expect(tab.get_by_role("heading", name="Ann Banned")).to_be_visible()


def test_a_person_and_the_bans_fit_on_a_phone(post, arrive, moderator):
    comment = CommentFactory(page=post, text="word " * 100 + "x" * 300, name="N" * 50)
    tab = arrive(viewport={"width": 390, "height": 844})
    log_in(tab, "moderator")
    for path in (f"people/{comment.reader_id}/", "bans/", f"{comment.pk}/"):
        tab.goto(f"/admin/comments/{path}")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_reader_comments_stand_beside_the_editor_and_in_the_user_bar(post, arrive, admin):
    CommentFactory(page=post, name="Ann", text="When do you open?")
    tab = arrive(viewport={"width": 1400, "height": 1000})
    log_in(tab, "admin")
    tab.goto(f"/admin/pages/{post.pk}/edit/")
    tab.get_by_role("button", name="Toggle reader comments").click()
    expect(tab.get_by_text("0 approved")).to_be_visible()
    expect(tab.get_by_text("When do you open?")).to_be_visible()

    tab.goto(post.url)
    tab.get_by_role("button", name="View Wagtail quick actions").click()
    expect(tab.get_by_role("menuitem", name="Reader comments on this page (1 waiting)")).to_be_visible()

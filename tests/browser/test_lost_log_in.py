"""The log-in ends while an editor writes a long text: they are told, and save what they wrote."""

import re

import pytest
from playwright.sync_api import Page, expect

from cms.sessions import actions
from tests.browser.conftest import log_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGNED_OUT = "You are signed out, and nothing was saved. Your words are still here."
SENTENCE = "A visit starts with a talk. "


@pytest.mark.parametrize("button", ["Save draft", "Publish"])
def test_a_long_text_outlives_the_log_in(arrive, watch, post, editor, button):
    desk = arrive(viewport={"width": 1400, "height": 1000})
    log_in(desk, "editor")
    desk.goto(f"/admin/pages/{post.pk}/edit/")
    paragraph = desk.get_by_role("region", name="Body").get_by_role("textbox").nth(1)
    actions.end_all(editor)
    paragraph.click()
    desk.keyboard.press("Control+End")
    desk.keyboard.insert_text(SENTENCE * 200)
    desk.get_by_role("textbox", name="Standfirst").fill("What happens, and how long it takes.")

    go_on_typing(desk, until=SIGNED_OUT)
    press(desk, button)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nothing was saved yet")

    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="Sign in").click()
    other = opened.value
    other.get_by_label("Username").fill("editor")
    other.get_by_placeholder("Enter password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url("/admin/")
    desk.get_by_role("button", name="Send again").click()
    expect(desk.get_by_text("You signed in again after you opened this form")).to_be_visible()
    desk.get_by_role("button", name="Send again").click()

    expect(desk.get_by_role("status").get_by_text(re.compile("A quiet hour"))).to_be_visible()
    post.refresh_from_db()
    saved = post.get_latest_revision_as_object()
    assert saved.standfirst.startswith("What happens, and how long it takes.")
    assert saved.plain_text.count(SENTENCE.strip()) == 200
    assert post.live_revision == post.latest_revision or button == "Save draft"
    # Chromium reports on the console that an autosave and a notice of Wagtail's were refused
    watch.faults = [fault for fault in watch.faults if "status of 403" not in fault]


def go_on_typing(desk: Page, until: str) -> None:
    """Wagtail misses what is typed before it has taken down how the form was when it was opened."""
    indicator = desk.locator("#w-autosave-indicator")
    for _ in range(30):
        desk.keyboard.type(".")
        try:
            told = re.compile(until)
            expect(indicator).to_have_attribute("data-w-tooltip-content-value", told, timeout=1000)
        except AssertionError:
            continue
        return
    expect(indicator).to_have_attribute("data-w-tooltip-content-value", re.compile(until))


def press(desk: Page, button: str) -> None:
    if button == "Publish":
        desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name=button, exact=True).click()

"""An editor sees a draft in a front end on another origin, while it is written."""

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from wagtail.models import Site

from cms.previews.models import PreviewSettings
from tests.browser import front_end
from tests.browser.conftest import log_in

# Wagtail takes what is in the form two seconds after it was opened for what was there at the start; and once
# more two seconds after a preview was slow.
UNTIL_EDITS_ARE_SEEN = 5_000  # milliseconds

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def front(live_server, watch, settings, post):
    with front_end.serving(live_server.url) as server:
        settings.CORS_ALLOWED_ORIGINS = [server.origin]
        watch.ours = (*watch.ours, f"{server.origin}/")
        PreviewSettings.objects.create(site=Site.objects.get(), front_end=f"{server.origin}/preview")
        yield server


@pytest.fixture
def editing(arrive, editor, front, post) -> Page:
    tab = arrive(viewport={"width": 1600, "height": 1000})
    log_in(tab, "editor")
    tab.clock.install()
    tab.goto(f"/admin/pages/{post.pk}/edit/")
    return tab


def framed(tab: Page) -> FrameLocator:
    return tab.frame_locator("#w-preview-iframe").frame_locator("iframe")


def test_the_panel_shows_the_draft_in_the_front_end_as_it_is_written(editing, front):
    editing.get_by_role("button", name="Toggle preview").click()
    expect(framed(editing).get_by_role("heading")).to_have_text("A quiet hour")

    editing.clock.run_for(UNTIL_EDITS_ARE_SEEN)
    editing.get_by_role("textbox", name="Title").first.fill("A loud hour")

    expect(framed(editing).get_by_role("heading")).to_have_text("A loud hour")
    assert {path.partition("=")[0] for path, _ in front.seen} == {"/preview?token"}
    assert {referrer for _, referrer in front.seen} == {None}


def test_a_tab_is_led_to_the_front_end(editing, front):
    editing.get_by_role("button", name="Toggle preview").click()
    with editing.context.expect_page() as opened:
        editing.get_by_role("link", name="Preview in new tab").click()

    expect(opened.value).to_have_url(re.compile(f"^{front.origin}/preview\\?token=preview_"))
    expect(opened.value.get_by_role("heading")).to_have_text("A quiet hour")
    assert opened.value.evaluate("window.opener") is None


def test_a_link_is_made_and_opens_the_front_end(editing, arrive, front):
    editing.get_by_role("button", name="Actions").first.click()
    editing.get_by_role("link", name="Share this draft").click()
    editing.get_by_label("30 days").check()
    editing.get_by_role("button", name="Make a link").click()
    link = editing.get_by_label("Copy this link now").input_value()

    stranger = arrive()
    stranger.goto(link)

    expect(stranger).to_have_url(re.compile(f"^{front.origin}/preview\\?token=draft_"))
    expect(stranger.get_by_role("heading")).to_have_text("A quiet hour")

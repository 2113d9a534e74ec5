"""What an editor's page does by itself, on which the end of idle sessions stands."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from cms.sessions.models import Session
from tests.browser.conftest import log_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PINGS = "/admin/editing-sessions/"
TWO_MINUTES = 120_000


def test_an_open_editor_that_nobody_touches_sends_nothing_but_pings(arrive, post, editor):
    desk = arrive()
    log_in(desk, "editor")
    desk.clock.install()
    desk.goto(f"/admin/pages/{post.pk}/edit/")
    expect(desk.get_by_role("textbox", name="Title")).to_have_value("A quiet hour")
    desk.get_by_role("button", name="Toggle preview").click()
    expect(desk.locator("iframe[title=Preview]").first).to_be_visible()
    desk.clock.run_for(10_000)
    desk.wait_for_load_state("networkidle")
    sent = []
    desk.on("request", lambda request: sent.append((request.method, urlsplit(request.url).path)))
    desk.clock.run_for(TWO_MINUTES)
    desk.wait_for_load_state("networkidle")

    pings = [path for method, path in sent if method == "POST" and path.startswith(PINGS)]
    assert len(pings) >= 10
    assert [each for each in sent if each[1] not in pings] == []


def test_a_person_sees_and_ends_a_session_elsewhere(arrive, editor, scripts):
    elsewhere, desk = arrive(), arrive(java_script_enabled=scripts)
    log_in(elsewhere, "editor")
    log_in(desk, "editor")
    desk.goto("/admin/account/sessions/")
    rows = desk.get_by_role("row").filter(has_text="Chrome on Linux")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="This session")).to_have_count(1)
    desk.get_by_role("button", name="End all other sessions").click()
    desk.get_by_label("Your password").fill(PASSWORD)
    desk.get_by_role("button", name="Continue").click()
    desk.get_by_role("button", name="End all other sessions").click()

    expect(rows).to_have_count(1)
    assert Session.objects.count() == 1
    elsewhere.goto("/admin/account/")
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()

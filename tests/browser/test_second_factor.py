"""The second factor in a browser: an app with and without scripts, a passkey, every step in every look."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from cms.second_factor.models import Demand, Passkey
from tests.browser.conftest import log_in
from tests.browser.test_every_page import faults_in_every_look
from tests.cms.second_factor.browser import App
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _as_it_is_served(settings, live_server) -> None:
    settings.SITE_URL = live_server.url


@pytest.fixture
def owner(db):
    return UserFactory(username="owner", admin=True)


def give_password(tab: Page, name: str) -> None:
    tab.goto("/admin/login/")
    tab.get_by_label("Username").fill(name)
    tab.get_by_placeholder("Enter password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()


def confirm(tab: Page) -> None:
    tab.get_by_label("Your password").fill(PASSWORD)
    tab.get_by_role("button", name="Continue").click()


def test_an_app_is_set_up_and_signs_in(tab, arrive, owner, scripts):
    log_in(tab, "owner")
    tab.goto("/admin/second-factor/")
    tab.get_by_role("link", name="Set up an app").click()
    confirm(tab)
    expect(tab.locator(".second-factor-picture svg")).to_be_visible()
    app = App(tab.content())
    tab.get_by_label("Code that the app shows").fill(app.code(-1))
    tab.get_by_role("button", name="Finish").click()
    expect(tab.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = tab.locator(".second-factor-codes code").all_text_contents()
    tab.get_by_role("button", name="I have kept them").click()
    expect(tab.get_by_text("10 left")).to_be_visible()

    other = arrive(java_script_enabled=scripts)
    give_password(other, "owner")
    other.get_by_label("Code").fill(app.code())
    other.get_by_role("button", name="Continue").click()
    expect(other).to_have_url("/admin/")
    third = arrive(java_script_enabled=scripts)
    give_password(third, "owner")
    third.get_by_label("Code").fill(codes[0])
    third.get_by_role("button", name="Continue").click()
    expect(third).to_have_url("/admin/")


def with_key(tab: Page) -> Callable[..., object]:
    """Plug a key in; return what tells it how to behave."""
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    key = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    return lambda command, **how: session.send(f"WebAuthn.{command}", {"authenticatorId": key, **how})


def test_a_passkey_is_added_and_signs_in(arrive, owner):
    tab = arrive()
    key = with_key(tab)
    log_in(tab, "owner")
    tab.goto("/admin/second-factor/passkey/")
    confirm(tab)
    tab.get_by_label("Name").fill("Blue key")
    tab.get_by_role("button", name="Add passkey").click()
    expect(tab.get_by_role("heading", name="Recovery codes")).to_be_visible()
    tab.get_by_role("button", name="I have kept them").click()
    expect(tab.get_by_text("Blue key, added on")).to_be_visible()

    tab.context.clear_cookies()
    give_password(tab, "owner")
    expect(tab.get_by_role("heading", name="One more step")).to_be_visible()
    key("setUserVerified", isUserVerified=False)  # a wrong finger
    tab.get_by_role("button", name="Use a passkey").click()
    expect(tab.get_by_text("No passkey was used")).to_be_visible()
    key("setUserVerified", isUserVerified=True)
    tab.get_by_role("button", name="Use a passkey").click()
    expect(tab).to_have_url("/admin/")
    assert Passkey.objects.get().sign_count > 0

    tab.goto("/admin/second-factor/")
    tab.get_by_role("button", name="Remove Blue key").click()
    tab.get_by_label("Your password").fill(PASSWORD)
    tab.get_by_role("button", name="Use a passkey").click()
    tab.get_by_role("button", name="Remove Blue key").click()
    expect(tab.get_by_text("Blue key")).to_have_count(0)
    assert not Passkey.objects.exists()


def test_a_copy_of_a_key_whose_count_stands_still_is_refused(arrive, owner):
    tab = arrive()
    key = with_key(tab)
    log_in(tab, "owner")
    tab.goto("/admin/second-factor/passkey/")
    confirm(tab)
    tab.get_by_label("Name").fill("Blue key")
    tab.get_by_role("button", name="Add passkey").click()
    expect(tab.get_by_role("heading", name="Recovery codes")).to_be_visible()
    (kept,) = key("getCredentials")["credentials"]
    Passkey.objects.update(sign_count=kept["signCount"] + 5)

    tab.context.clear_cookies()
    give_password(tab, "owner")
    tab.get_by_role("button", name="Use a passkey").click()
    expect(tab.get_by_text("could not be accepted")).to_be_visible()


def steps(tab: Page) -> Iterator[str]:
    """Visit each page of the second factor, by somebody of whom one is demanded."""
    Demand.objects.get().groups.add(Group.objects.get(name="Editors"))
    give_password(tab, "editor")
    expect(tab.get_by_role("heading", name="Set up an app")).to_be_visible()
    yield "set up an app"
    app = App(tab.content())
    tab.get_by_role("link", name="Use a passkey instead").click()
    expect(tab.get_by_label("Name")).to_be_visible()
    yield "add a passkey"
    tab.get_by_role("link", name="Use an app instead").click()
    tab.get_by_label("Code that the app shows").fill("000000")
    tab.get_by_role("button", name="Finish").click()
    expect(tab.get_by_text("not the code your app shows")).to_be_visible()
    yield "set up an app, wrong code"
    tab.get_by_label("Code that the app shows").fill(app.code())
    tab.get_by_role("button", name="Finish").click()
    expect(tab.get_by_role("heading", name="Recovery codes")).to_be_visible()
    yield "recovery codes"
    tab.goto("/admin/second-factor/")
    yield "overview"
    tab.get_by_role("button", name="Make new recovery codes").click()
    expect(tab.get_by_role("heading", name="Confirm it’s you")).to_be_visible()
    yield "confirm"
    tab.context.clear_cookies()
    give_password(tab, "editor")
    expect(tab.get_by_role("heading", name="One more step")).to_be_visible()
    yield "second step"
    tab.get_by_label("Code").fill("000000")
    tab.get_by_role("button", name="Continue").click()
    expect(tab.get_by_text("This code is wrong")).to_be_visible()
    yield "second step, wrong code"


def test_no_step_has_a_fault_that_axe_knows_or_a_sideways_scroll(arrive, editor):
    tab = arrive()

    assert [fault for name in steps(tab) for fault in faults_in_every_look(tab, name)] == []

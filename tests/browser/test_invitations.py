"""An administrator invites a colleague, who accepts on a phone; no page has a fault that axe knows."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.test_every_page import SIDEWAYS, faults_in_every_look
from tests.factories import PASSWORD
from tests.smtp_peer import text_of

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
CHOSEN = "heron willow 47 barge"


def fill_in(tab: Page, name: str) -> None:
    tab.get_by_role("textbox", name="Name").fill(name)
    tab.get_by_role("textbox", name="Email address").fill("ada@example.org")
    tab.get_by_role("checkbox", name="Write and publish").check()
    tab.get_by_role("checkbox", name="Answer messages").check()
    tab.get_by_label("Your password").fill(PASSWORD)
    tab.get_by_role("button", name="Send the invitation").click()


def link_in_the_mail(smtp) -> str:
    call_command("deliver", once=True)
    return re.search(r"/mail/invitation/[\w-]+/", text_of(smtp.mails[-1]))[0]


def test_a_colleague_is_invited_accepts_and_logs_in_without_scripts(arrive, home, admin, smtp):
    tab = arrive(java_script_enabled=False, viewport=PHONE)
    log_in(tab, "admin")
    tab.goto("/admin/users/")
    tab.goto("/admin/invitations/")
    tab.get_by_role("link", name="Invite a colleague").click()
    tab.get_by_role("button", name="Send the invitation").click()
    expect(tab.get_by_role("alert")).to_contain_text("Nobody was invited.")
    assert tab.evaluate(SIDEWAYS) == 0
    fill_in(tab, "Ada " + 30 * "long-")
    expect(tab.get_by_role("cell", name="On its way")).to_be_visible()
    assert tab.evaluate(SIDEWAYS) == 0

    other = arrive(java_script_enabled=False, viewport=PHONE)
    link = link_in_the_mail(smtp)
    other.goto(link)
    other.get_by_role("textbox", name="Your name").fill("Ada Lovelace")
    other.get_by_role("textbox", name="Username").fill("ada")
    other.get_by_label("Password", exact=True).fill(CHOSEN)
    other.get_by_role("button", name="Create my account").click()
    expect(other.get_by_role("alert")).to_contain_text("Type the same password again.")
    assert other.evaluate(SIDEWAYS) == 0
    other.get_by_label("Password", exact=True).fill(CHOSEN)
    other.get_by_label("The same password again").fill(CHOSEN)
    other.get_by_role("button", name="Create my account").click()
    expect(other.get_by_text("Your username:")).to_contain_text("ada")
    assert other.context.cookies() == []
    other.get_by_role("link", name="Log in").click()
    other.get_by_label("Username").fill("ada")
    other.get_by_placeholder("Enter password").fill(CHOSEN)
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url("/admin/")
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("This invitation does not work any more")
    tab.reload()
    expect(tab.get_by_text("No open invitation.")).to_be_visible()
    assert sorted(User.objects.get(username="ada").groups.values_list("name", flat=True)) == [
        "Editors",
        "Front desk",
    ]


def test_no_page_has_a_fault_that_axe_knows(arrive, home, admin, smtp):
    tab = arrive()
    log_in(tab, "admin")
    tab.goto("/admin/invitations/new/")
    found = faults_in_every_look(tab, "new")
    tab.get_by_role("button", name="Send the invitation").click()
    tab.get_by_role("alert").wait_for()
    found += faults_in_every_look(tab, "refused")
    fill_in(tab, "ليلى " + 20 * "الحسن")
    tab.get_by_role("cell", name="On its way").wait_for()
    found += faults_in_every_look(tab, "list")
    reader = arrive()
    reader.goto(link_in_the_mail(smtp))
    found += faults_in_every_look(reader, "accept")
    reader.get_by_role("button", name="Create my account").click()
    reader.get_by_role("alert").wait_for()
    found += faults_in_every_look(reader, "accept, refused")
    reader.get_by_label("Password", exact=True).fill(CHOSEN)
    reader.get_by_label("The same password again").fill(CHOSEN)
    reader.get_by_role("button", name="Create my account").click()
    reader.get_by_text("Your username:").wait_for()
    found += faults_in_every_look(reader, "accepted")
    reader.goto("/mail/invitation/never-was/")
    found += faults_in_every_look(reader, "ended")

    assert found == []

"""From a visitor's message to the mail and the desk of those who answer it."""

import re
from email.utils import parseaddr

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.conftest import log_in
from tests.factories import ContactPageFactory
from tests.smtp_peer import text_of

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Do you open on Saturdays?"


@pytest.fixture
def contact(home):
    return ContactPageFactory(parent=home, show_in_menus=True)


def test_a_message_is_thanked_for_mailed_and_read(tab, arrive, contact, front_desk, smtp, scripts):
    tab.goto("/")
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Contact").click()
    tab.get_by_label("Full name").fill("Ben Ode")
    tab.get_by_label("Email address").fill("ben@example.org")
    tab.get_by_label("Message").fill(WORDS)
    tab.get_by_role("button", name="Send message").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("We have your message")
    expect(tab).to_have_url(f"{contact.url}thanks/")

    call_command("deliver", once=True)
    (mail,) = smtp.mails
    assert parseaddr(mail["Reply-To"])[1] == "ben@example.org"
    assert WORDS in text_of(mail)

    desk = arrive(java_script_enabled=scripts)
    log_in(desk, "frontdesk")
    if scripts:
        desk.get_by_role("link", name="Messages").click()
    else:
        desk.goto("/admin/messages/")  # Wagtail draws its menu by script
    desk.get_by_role("link", name="Ben Ode").click()
    expect(desk.get_by_role("article")).to_contain_text(WORDS)
    expect(desk.get_by_role("article")).to_contain_text("ben@example.org")
    expect(desk.get_by_role("article")).to_contain_text("Sent")
    desk.get_by_role("button", name="Mark as handled").click()
    expect(desk.get_by_text("Marked as handled.")).to_be_visible()


def test_every_mistake_is_named_first_and_leads_to_its_field(tab, contact, scripts):
    tab.goto(contact.url)
    tab.get_by_label("Message").fill(WORDS)
    tab.get_by_role("button", name="Send message").click()

    expect(tab).to_have_title(re.compile("^Error: "))
    alert = tab.get_by_role("alert")
    expect(tab.get_by_role("main").locator(":scope h1, :scope h2").first).to_have_text("There is a problem")
    if scripts:
        expect(tab.locator(":focus").get_by_role("alert")).to_have_count(1)
    expect(tab.get_by_label("Message")).to_have_value(WORDS)
    for problem, label in (("Enter your name", "Full name"), ("Enter your email address", "Email address")):
        alert.get_by_role("link", name=problem).click()
        expect(tab.get_by_label(label)).to_be_in_viewport()
        expect(tab.get_by_label(label)).to_be_focused()

"""An administrator adds an endpoint without scripts; each page on the way has no fault that axe knows."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from cms.webhooks.models import Call, Endpoint
from tests.browser.conftest import log_in
from tests.browser.test_every_page import PHONE, SIDEWAYS, faults_in_every_look

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_endpoint_is_added_tested_and_deleted_without_scripts(arrive, home, admin):
    tab = arrive(java_script_enabled=False, viewport=PHONE)
    log_in(tab, "admin")
    tab.goto("/admin/webhooks/")
    tab.get_by_role("link", name="Add an endpoint").click()
    tab.get_by_role("button", name="Add and show the secret").click()
    expect(tab.get_by_role("alert")).to_contain_text("was not saved")
    tab.get_by_label("Name").fill("Front end")
    tab.get_by_role("textbox", name="Address").fill("https://hooks.example.org/" + 60 * "long-")
    tab.get_by_label("A page is deleted").check()
    tab.get_by_role("button", name="Add and show the secret").click()
    expect(tab.locator("code")).to_have_text(re.compile(r"whsec_.{44}"))
    assert tab.evaluate(SIDEWAYS) == 0
    tab.get_by_role("link", name="I have copied it").click()
    tab.get_by_role("button", name="Send a test").click()
    expect(tab.get_by_role("cell", name="endpoint.test")).to_be_visible()
    assert Call.objects.count() == 1
    tab.goto(f"/admin/webhooks/{Endpoint.objects.get().pk}/")
    tab.get_by_role("button", name="Delete", exact=True).click()
    tab.get_by_role("button", name="Delete for good").click()
    expect(tab.get_by_text("No endpoint yet.")).to_be_visible()


def test_no_page_has_a_fault_that_axe_knows(arrive, home, admin):
    tab = arrive()
    log_in(tab, "admin")
    tab.goto("/admin/webhooks/new/")
    found = faults_in_every_look(tab, "new")
    tab.get_by_role("button", name="Add and show the secret").click()
    tab.get_by_role("alert").wait_for()
    found += faults_in_every_look(tab, "refused")
    tab.get_by_label("Name").fill("Front end")
    tab.get_by_role("textbox", name="Address").fill("https://hooks.example.org/" + 60 * "long-")
    tab.get_by_label("A page is deleted").check()
    tab.get_by_role("button", name="Add and show the secret").click()
    tab.locator("code").wait_for()
    found += faults_in_every_look(tab, "secret")
    tab.get_by_role("link", name="I have copied it").click()
    tab.get_by_role("button", name="Send a test").wait_for()
    found += faults_in_every_look(tab, "endpoint")
    tab.get_by_role("button", name="Send a test").click()
    tab.get_by_role("cell", name="endpoint.test").wait_for()
    call_command("deliver", once=True)
    tab.reload()
    found += faults_in_every_look(tab, "calls")
    tab.goto("/admin/webhooks/")
    found += faults_in_every_look(tab, "list")

    assert found == []

"""A second brand in a browser: nothing that axe knows, in light and dark, and for other accents."""

import re

import pytest
from playwright.sync_api import expect

from cms.brand.models import SiteIdentity
from tests.browser.conftest import log_in
from tests.browser.test_every_page import LOOKS, OTHER_LOOKS, faults_in_every_look, found_by_axe
from tests.factories import UserFactory
from tests.presets import ACCENT, bookshop

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ACCENTS = ("#ffff00", "#ff0000", "#00a0ff", "#ffffff", "#000000", "#777777")


@pytest.fixture
def shop(transactional_db):
    return bookshop()


def test_no_page_of_a_bookshop_has_a_fault_that_axe_knows(arrive, shop):
    tab, found = arrive(), []
    for name, path in shop.items():
        tab.goto(path)
        found += faults_in_every_look(tab, name, (*LOOKS, *OTHER_LOOKS))
    assert found == []


def test_any_accent_can_be_read_in_light_and_in_dark(arrive, shop):
    tab, found = arrive(), []
    for accent in ACCENTS:
        identity = SiteIdentity.objects.get()
        identity.accent = accent
        identity.save()
        tab.goto(shop["post"])
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{accent}, {scheme}: {fault}" for fault in found_by_axe(tab)]
    assert found == []


def test_log_in_and_dashboard_wear_the_brand_and_can_be_read(arrive, shop):
    UserFactory(username="admin", admin=True)
    strangers, staff, found = arrive(), arrive(), []
    log_in(staff, "admin")
    for accent in (ACCENT, "#ffff00", "#00a0ff"):
        identity = SiteIdentity.objects.get()
        identity.accent = accent
        identity.save()
        for tab, path in ((strangers, "/admin/login/"), (staff, "/admin/")):
            tab.goto(path)
            expect(tab).to_have_title(re.compile("Foxglove Books"))
            expect(tab.locator(".brand-mark img")).to_be_visible()
            for scheme in ("light", "dark"):
                tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                faults = [fault for fault in found_by_axe(tab) if "color-contrast" in fault]
                found += [f"{path}, {accent}, {scheme}: {fault}" for fault in faults]
    assert found == []


def test_with_plain_corners_nothing_has_the_outline_of_a_leaf(arrive, shop):
    tab = arrive()
    unequal = """() => [...document.querySelectorAll("*")].filter(each => {
        const look = getComputedStyle(each);
        return look.borderTopLeftRadius !== look.borderTopRightRadius;
    }).map(each => each.className)"""
    for path in shop.values():
        tab.goto(path)
        assert tab.evaluate(unequal) == [], path


@pytest.mark.parametrize(("zone", "is_shown"), [("UTC", False), ("Asia/Tokyo", True)])
def test_readers_are_told_whose_times_these_are_unless_they_are_theirs(arrive, shop, zone, is_shown):
    tab = arrive(timezone_id=zone)
    tab.goto(shop["post"])
    line = tab.get_by_text("Times are those of UTC.")
    if is_shown:
        expect(line).to_be_visible()
    else:
        expect(line).to_be_hidden()

"""The security policies as a browser keeps them: what a page needs is allowed, and no more."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_every_page import HEARD, breaches, demo, public_pages  # noqa: F401 -- demo is a fixture

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HINTS = "ch-"  # what a server is told of the screen and the browser; none of it can do anything
PUBLIC = {"clipboard-write", "web-share"}
ADMIN = {"clipboard-write", "publickey-credentials-create", "publickey-credentials-get"}
DOORS = {"/admin/login/": ADMIN, "/admin/password_reset/": ADMIN, "/api/v1/docs": PUBLIC}


def features(tab: Page) -> set[str]:
    allowed = tab.evaluate("document.featurePolicy.allowedFeatures()")
    return {name for name in allowed if not name.startswith(HINTS)}


def test_no_public_page_has_a_feature_that_it_does_not_use(arrive, demo):  # noqa: F811
    reader = arrive()
    reader.add_init_script(HEARD)
    for name in public_pages(reader, demo):
        assert (name, features(reader) - PUBLIC) == (name, set())
    for path, used in DOORS.items():
        reader.goto(path)
        reader.wait_for_load_state("networkidle")
        assert (breaches(reader, path), features(reader) - used) == ([], set())


def test_no_script_of_a_public_page_makes_a_string_into_a_part_of_it(arrive, post, watch):
    reader = arrive()
    reader.goto(post.url)
    tried = """() => {
        try { document.body.insertAdjacentHTML("beforeend", "<p id=made>"); } catch { /* as it should be */ }
        try { trustedTypes.createPolicy("any", { createHTML: (text) => text }); return "a policy"; } catch { }
        return document.getElementById("made") ? "a part" : "nothing";
    }"""

    assert reader.evaluate(tried) == "nothing"
    assert len(watch.faults) >= 2
    assert all("TrustedHTML" in fault or "trusted-types" in fault for fault in watch.faults)
    watch.faults.clear()  # the browser tells of each try

"""What holds on every page of the demo site: in light and dark, on a phone and on a desk, scripts or not."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page

from blog.models import BlogPostPage
from cms.outbox.models import Delivery, Refusal, State
from home.models import ContactPage
from tests import crawl
from tests.browser.conftest import log_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def demo(transactional_db, settings) -> dict[str, str]:
    """The demo site, as the path of each kind of page."""
    settings.ADMIN_PASSWORD = PASSWORD
    call_command("load_demo", verbosity=0)
    failed = {"state": State.FAILED, "refusal": Refusal.RECIPIENT, "last_answer": "SMTPRecipientsRefused 550"}
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(**failed)
    most_discussed = max(BlogPostPage.objects.all(), key=lambda post: post.reader_comments.count())
    answered = most_discussed.reader_comments.approved().exclude(thread=None).first()
    return {
        "home": "/",
        "blog": "/blog/",
        "post": most_discussed.url,
        "replies": f"{most_discussed.url}comments/{answered.pk}/replies/",
        "contact": ContactPage.objects.get().url,
        "search": "/search/?q=acupuncture",
        "not found": "/no-such-page/",
    }


def public_pages(tab: Page, paths: dict[str, str]) -> Iterator[str]:
    """Visit each; the name tells which one is open. The last shows a form with all its mistakes."""
    for name, path in paths.items():
        tab.goto(path)
        yield name
    tab.goto(paths["contact"])
    tab.get_by_role("button", name="Send message").click()
    tab.get_by_role("alert").wait_for()
    yield "contact with errors"


def ours_in_admin() -> list[str]:
    """Every page of the admin whose view is ours, and some once more with what they are asked for."""
    doors = [door for door in crawl.every_door() if door.pattern.startswith("/admin/")]
    urls = [door.url() for door in doors if door.module.startswith(("blog.", "cms.", "home."))]
    asked = ("comments/?status=approved", "comments/all/?status=pending&do=spam", "outbox/?state=failed")
    return [*urls, *(f"/admin/{each}" for each in asked)]


def staff_pages(tab: Page) -> Iterator[str]:
    log_in(tab, "admin")
    for path in ours_in_admin():
        if tab.request.get(path).status in (400, 404, 405):
            continue  # for buttons alone, or for what the demo does not hold
        tab.goto(path)
        yield path


def found_by_axe(tab: Page) -> list[str]:
    faults = Axe().run(tab, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']} {node['target']}" for fault in faults for node in fault["nodes"]]


def faults_in_every_look(tab: Page, name: str) -> list[str]:
    """Ask axe, and whether the page scrolls sideways on a phone."""
    found = []
    for size in (PHONE, DESK):
        tab.set_viewport_size(size)
        if size is PHONE and tab.evaluate(SIDEWAYS) > 0:
            found.append(f"{name}: scrolls sideways")
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{name}, {scheme}, {size['width']}: {fault}" for fault in found_by_axe(tab)]
    return found


def faults_of_a_first_read(tab: Page, name: str) -> list[str]:
    """The browser itself counts and measures here: the page's own scripts are off."""
    cookies = [f"{name}: cookie {cookie['name']}" for cookie in tab.context.cookies()]
    return [*cookies, *([f"{name}: scrolls sideways without scripts"] if tab.evaluate(SIDEWAYS) > 0 else [])]


def test_no_page_of_the_demo_has_a_fault_that_axe_knows_a_cookie_or_a_sideways_scroll(arrive, demo):
    plain, reader, staff = arrive(java_script_enabled=False, viewport=PHONE), arrive(), arrive()

    found = [fault for name in public_pages(plain, demo) for fault in faults_of_a_first_read(plain, name)]
    found += [fault for name in public_pages(reader, demo) for fault in faults_in_every_look(reader, name)]
    found += [fault for name in staff_pages(staff) for fault in faults_in_every_look(staff, name)]

    assert found == []

"""What holds on every page of the demo site: in light and dark, on a phone and on a desk, scripts or not."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, ViewportSize

from blog.models import BlogPostPage
from cms import vault
from cms.outbox.models import Delivery, Failure, State
from cms.webhooks import signing
from cms.webhooks.announcing import CALL
from cms.webhooks.models import Call, Endpoint
from home.models import ContactPage
from tests import crawl
from tests.browser.conftest import log_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Looks = tuple[tuple[ViewportSize, str], ...]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
LOOKS = ((PHONE, "light"), (DESK, "dark"))  # each size and each scheme once
OTHER_LOOKS = ((PHONE, "dark"), (DESK, "light"))
# Pages of Wagtail to which we have added a question: what axe finds there is Wagtail's.
OF_WAGTAIL = re.compile(r"/admin/(api-tokens/|groups/|users/(?!<int:user_id>/sessions/))")
# Colours are measured once nothing fades any more.
MOVED = """() => Promise.allSettled(document.getAnimations()
    .filter(each => each.effect.getComputedTiming().iterations !== Infinity).map(each => each.finished))"""
HEARD = """
    window.heard = [];
    addEventListener("securitypolicyviolation", (event) =>
        heard.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def demo(transactional_db, settings) -> dict[str, str]:
    """The demo site, as the path of each kind of page."""
    settings.ADMIN_PASSWORD = PASSWORD
    call_command("load_demo", verbosity=0)
    failed = {"state": State.FAILED, "failure": Failure.RECIPIENT, "last_answer": "SMTPRecipientsRefused 550"}
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(**failed)
    endpoint = Endpoint.objects.create(
        name="Front end",
        url="https://hooks.example.org/",
        events=["page.published"],
        sealed_secret=vault.seal_text(signing.new_secret()),
    )
    call = Call.objects.create(endpoint=endpoint, event="page.published", body="{}")
    Delivery.objects.create(event=CALL, subject_id=call.pk, recipient=endpoint.recipient, **failed)
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
    ours = [door for door in doors if door.module.startswith(("blog.", "cms.", "home."))]
    urls = [door.url() for door in ours if not OF_WAGTAIL.match(door.pattern)]
    asked = ("comments/?status=approved", "comments/all/?status=pending&do=spam", "outbox/?state=failed")
    return [*urls, *(f"/admin/{each}" for each in asked)]


def staff_pages(tab: Page) -> Iterator[str]:
    log_in(tab, "admin")
    for path in ours_in_admin():
        answer = tab.request.get(path)
        if answer.status in (400, 404, 405) or urlsplit(answer.url).path != urlsplit(path).path:
            continue  # for buttons alone, for what the demo does not hold, or leading to another page
        if not answer.headers["content-type"].startswith("text/html"):
            continue  # a picture
        tab.goto(path)
        yield path


def found_by_axe(tab: Page) -> list[str]:
    tab.wait_for_load_state()
    tab.evaluate(MOVED)
    faults = Axe().run(tab, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']} {node['target']}" for fault in faults for node in fault["nodes"]]


def faults_in_every_look(tab: Page, name: str, looks: Looks = LOOKS) -> list[str]:
    """Ask axe, and whether the page scrolls sideways on a phone."""
    found = []
    for size, scheme in looks:
        tab.set_viewport_size(size)
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if size is PHONE and tab.evaluate(SIDEWAYS) > 0:
            found.append(f"{name}: scrolls sideways")
        found += [f"{name}, {scheme}, {size['width']}: {fault}" for fault in found_by_axe(tab)]
    return found


def faults_of_a_first_read(tab: Page, name: str) -> list[str]:
    """The browser itself counts and measures here: the page's own scripts are off."""
    cookies = [f"{name}: cookie {cookie['name']}" for cookie in tab.context.cookies()]
    return [*cookies, *([f"{name}: scrolls sideways without scripts"] if tab.evaluate(SIDEWAYS) > 0 else [])]


def breaches(tab: Page, name: str) -> list[str]:
    """Return what the page tried and its security policy forbids."""
    return [f"{name}: {breach}" for breach in tab.evaluate("heard")]


@pytest.mark.parametrize(
    "looks", [LOOKS, pytest.param(OTHER_LOOKS, marks=pytest.mark.long)], ids=["each once", "the others"]
)
def test_no_page_of_the_demo_has_a_fault_that_axe_or_its_policy_knows_a_cookie_or_a_sideways_scroll(
    arrive, demo, looks
):
    plain, reader, staff = arrive(java_script_enabled=False, viewport=PHONE), arrive(), arrive()
    found = [fault for name in public_pages(plain, demo) for fault in faults_of_a_first_read(plain, name)]
    for tab, pages in ((reader, public_pages(reader, demo)), (staff, staff_pages(staff))):
        tab.add_init_script(HEARD)
        for name in pages:
            found += breaches(tab, name)
            found += faults_in_every_look(tab, name, looks)

    assert found == []

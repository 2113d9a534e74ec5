"""A moderator works through the queue: by keys, by mouse without scripts, on a phone, beside another one."""

import pytest
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from blog.comments.desk import act_views
from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from blog.comments.states import Status
from tests.browser.conftest import log_in
from tests.factories import CommentFactory

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/comments/"
PHONE, THUMB = {"width": 390, "height": 844}, 44
MEDIAN_WAIT, LONG_WAIT = 50, 250  # milliseconds from the key to the focus on the next card
LAST_SAVED = 60_000  # milliseconds; this moderator decides thirty a second, and they are saved one by one

CLOCK = """() => {
    window.waits = [];
    let pressed = 0;
    addEventListener("keydown", () => { pressed = performance.now(); }, true);
    addEventListener("focusin", ({ target }) => {
        if (!pressed || !target.matches(".desk-card")) return;
        waits.push(performance.now() - pressed);
        pressed = 0;
    }, true);
}"""


@pytest.fixture
def desk(arrive, moderator):
    """Open the desk as a moderator. At the end the last refill is waited for."""
    tabs = []

    def open_desk(**options):
        tab = arrive(**options)
        log_in(tab, "moderator")
        tab.goto(DESK)
        tabs.append(tab)
        return tab

    yield open_desk
    for tab in tabs:
        tab.wait_for_load_state("networkidle")


def number_held(tab):
    return tab.locator('[data-tab="1"] .staff-number')


def statuses() -> list[str]:
    return list(ReaderComment.objects.order_by("pk").values_list("status", flat=True))


def test_a_hundred_and_fifty_are_decided_by_keys_without_a_stop(post, desk):
    for _ in range(150):
        CommentFactory(page=post)
    tab = desk()
    tab.evaluate(CLOCK)
    tab.keyboard.press("j")

    for number in range(150):
        tab.locator(".desk-card:focus").wait_for()
        tab.keyboard.press("asd"[number % 3])

    expect(tab.get_by_text("All caught up")).to_be_visible()
    expect(number_held(tab)).to_have_text("0", timeout=LAST_SAVED)
    assert statuses() == [Status.APPROVED, Status.SPAM, Status.TRASH] * 50
    waits = sorted(tab.evaluate("waits"))
    assert len(waits) == 150  # the first card by j, the others by the decisions before them
    assert waits[75] <= MEDIAN_WAIT
    assert waits[142] <= LONG_WAIT


def test_who_leaves_while_decisions_are_on_their_way_loses_none(post, desk):
    for _ in range(12):
        CommentFactory(page=post)
    tab = desk()
    tab.keyboard.press("j")
    for number in range(12):
        tab.keyboard.press("asd"[number % 3])
    tab.goto("/admin/")

    tab.wait_for_function(
        f"async () => !(await (await fetch('{DESK}')).text()).includes('<article')", polling=100
    )
    assert statuses() == [Status.APPROVED, Status.SPAM, Status.TRASH] * 4


def test_the_keys_of_the_tabs_work_where_nothing_is(post, desk):
    CommentFactory(page=post)
    tab = desk()
    tab.keyboard.press("4")
    expect(tab.get_by_text("Nothing here.")).to_be_visible()
    tab.wait_for_load_state()  # a page that is seen may not listen yet
    tab.keyboard.press("1")
    expect(tab.locator(".desk-card")).to_have_count(1)


def test_undo_goes_back_several_steps_and_the_card_has_the_focus_again(post, desk):
    comments = [CommentFactory(page=post) for _ in range(4)]
    tab = desk()
    for key, left in (("j", "4"), ("a", "3"), ("s", "2")):
        tab.keyboard.press(key)
        expect(number_held(tab)).to_have_text(left)  # answers that overtake each other would leave another

    tab.keyboard.press("z")
    expect(tab.locator(f"#comment-{comments[1].pk}")).to_be_focused()
    tab.keyboard.press("z")
    expect(tab.locator(f"#comment-{comments[0].pk}")).to_be_focused()

    expect(number_held(tab)).to_have_text("4")
    assert statuses() == [Status.PENDING] * 4
    tab.keyboard.press("d")
    expect(number_held(tab)).to_have_text("3")
    assert statuses()[0] == Status.TRASH


def test_of_two_moderators_the_second_is_told_and_gets_the_card_back(post, desk, watch, live_server):
    comment = CommentFactory(page=post)
    watch.refused.add(f"{live_server.url}{DESK}{comment.pk}/")  # Chromium complains of a 409 on the console
    first, second = desk(), desk()
    first.keyboard.press("j")
    first.keyboard.press("a")
    expect(number_held(first)).to_have_text("0")

    second.keyboard.press("j")
    second.keyboard.press("s")

    expect(second.get_by_text("Already approved by moderator")).to_be_visible()
    expect(second.locator(f"#comment-{comment.pk}")).to_be_visible()
    assert statuses() == [Status.APPROVED]


def test_without_scripts_the_second_is_told_too(post, desk):
    CommentFactory(page=post)
    first, second = desk(java_script_enabled=False), desk(java_script_enabled=False)
    first.get_by_role("button", name="Approve the comment").click()
    expect(first.get_by_text("All caught up")).to_be_visible()

    second.get_by_role("button", name="Spam the comment").click()

    expect(second.get_by_text("Already approved by moderator")).to_be_visible()
    expect(second.get_by_text("All caught up")).to_be_visible()
    assert statuses() == [Status.APPROVED]


def test_ticked_cards_are_decided_together_with_and_without_scripts(post, desk, scripts):
    comments = [CommentFactory(page=post) for _ in range(3)]
    tab = desk(java_script_enabled=scripts)
    for comment in comments[:2]:
        tab.locator(f"#comment-{comment.pk} .desk-tick").check()
    tab.get_by_role("button", name="Spam the selected comments").click()

    expect(tab.get_by_text("2 comments marked as spam.")).to_be_visible()
    assert statuses() == [Status.SPAM, Status.SPAM, Status.PENDING]


def test_keys_do_nothing_for_whom_has_them_off(post, desk, moderator):
    CommentFactory(page=post)
    tab = desk()
    profile = UserProfile.get_for_user(moderator)
    profile.keyboard_shortcuts = False
    profile.save()
    expect(tab.get_by_text("all keys")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("all keys")).to_have_count(0)
    tab.locator(".desk-card").focus()
    tab.keyboard.press("a")
    tab.keyboard.press("j")

    expect(tab.locator(".desk-card")).to_have_count(1)
    assert statuses() == [Status.PENDING]


def test_a_key_leads_into_the_field_and_a_question_mark_tells_them_all(post, desk):
    CommentFactory(page=post)
    tab = desk()
    tab.keyboard.press("?")
    expect(tab.get_by_role("row", name="Reply and approve r")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("z")
    expect(tab.get_by_text("Nothing is left to undo here.")).to_be_visible()
    tab.keyboard.press("j")
    tab.keyboard.press("r")
    expect(tab.get_by_label("Your reply")).to_be_focused()
    tab.goto(DESK)
    tab.keyboard.press("j")
    tab.keyboard.press("e")
    expect(tab.get_by_label("Text of the comment")).to_be_focused()
    assert statuses() == [Status.PENDING]


def test_a_reply_from_the_comments_page_approves_it(post, desk, scripts, client):
    comment = CommentFactory(page=post, text="May I eat before?")
    tab = desk(java_script_enabled=scripts)
    tab.get_by_role("link", name="More about the comment").click()
    tab.get_by_label("Your reply").fill("Yes, a little.")
    tab.get_by_role("button", name="Reply and approve").click()

    expect(tab.get_by_text("You replied to")).to_be_visible()
    html = client.get(post.url).content.decode()
    assert html.index("May I eat before?") < html.index("Yes, a little.")
    assert ReaderComment.objects.get(pk=comment.pk).status == Status.APPROVED


def test_on_a_phone_one_tap_decides_and_nothing_is_wider_than_the_screen(post, desk, scripts):
    comment = CommentFactory(page=post, text="word " * 200 + "https://example.org/" + "x" * 200)
    tab = desk(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=scripts)

    for path in (f"{DESK}{comment.pk}/", f"{DESK}decisions/", DESK):
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert too_small(tab) == [], path
        assert cut(tab) == [], path
    tab.get_by_role("button", name="Approve the comment").tap()

    expect(tab.get_by_text("All caught up")).to_be_visible()
    assert statuses() == [Status.APPROVED]
    if scripts:
        expect(tab.get_by_role("button", name="Undo", exact=True)).to_be_visible()  # a phone has no z
        assert too_small(tab) == []


def test_all_that_match_are_decided_page_by_page_and_put_back(post, desk, scripts, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(act_views, "PIECES_A_REQUEST", 1)
    for _ in range(5):
        CommentFactory(page=post, text="A casino")
    CommentFactory(page=post)
    tab = desk(java_script_enabled=scripts)
    tab.get_by_label("Search text and names").fill("casino")
    tab.get_by_role("button", name="Search").click()
    tab.get_by_text("All that match").click()
    tab.get_by_role("link", name="Spam all").click()
    expect(tab.get_by_role("heading", name="5 comments match")).to_be_visible()
    tab.get_by_role("button", name="Spam all 5").click(no_wait_after=True)
    for _ in range(0 if scripts else 3):
        tab.get_by_role("button", name="Continue").click()

    expect(tab.get_by_text("5 comments marked as spam.")).to_be_visible()
    assert statuses() == [Status.SPAM] * 5 + [Status.PENDING]
    tab.get_by_role("link", name="Undo").click()
    tab.get_by_role("button", name="Put 5 comments back").click(no_wait_after=True)
    for _ in range(0 if scripts else 2):
        tab.get_by_role("button", name="Continue").click()

    expect(tab.get_by_text("5 comments put back where they were.")).to_be_visible()
    assert statuses() == [Status.PENDING] * 6


def cut(tab) -> list[str]:
    """Name the buttons of our page that are too narrow for their words."""
    buttons = tab.get_by_role("main").locator(".button:visible").all()
    return [
        each.inner_text() for each in buttons if each.evaluate("each => each.scrollWidth > each.clientWidth")
    ]


def too_small(tab) -> list[str]:
    """Name the buttons of our page that a thumb misses."""
    buttons = tab.get_by_role("main").locator(".button:visible").all()
    assert buttons
    sizes = [(button.inner_text(), button.bounding_box()) for button in buttons]
    return [name for name, box in sizes if min(box["height"], box["width"]) < THUMB]

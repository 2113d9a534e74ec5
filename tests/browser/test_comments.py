"""From a reader's words to a thread, as reader and moderator see it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import log_in
from tests.factories import CommentFactory, plant_comments

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "I slept through it."


def write(tab: Page, words: str, label: str = "Your comment", name: str = "Ann") -> None:
    tab.get_by_label(label).fill(words)
    tab.get_by_label("Name", exact=True).fill(name)
    tab.get_by_label("Email address").fill(f"{name.lower()}@example.org")
    tab.get_by_role("button", name="Send comment").click()


def comment(tab: Page, words: str) -> Locator:
    return tab.get_by_role("article").filter(has_text=words).last


def approve(desk: Page, name: str, scripts: bool) -> None:
    """Through the menu, which Wagtail draws by script; without it by the desk's own address."""
    if scripts:
        desk.goto("/admin/")
        desk.get_by_role("link", name="1 to moderate").click()
    else:
        desk.goto("/admin/comments/")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Reader comments")
    desk.get_by_role("button", name=re.compile(f"^Approve.* by {name}$")).click()
    expect(desk.get_by_text(f"Comment by {name} approved.")).to_be_visible()


def test_a_reader_comments_and_is_the_only_one_to_see_it(tab, arrive, post, scripts):
    tab.goto("/blog/")
    tab.get_by_role("link", name="A quiet hour").click()
    write(tab, WORDS)

    notice = tab.get_by_role("status").filter(has_text="Thank you. We have your comment.")
    expect(notice).to_be_visible()
    if scripts:
        expect(notice).to_be_focused()
    expect(comment(tab, WORDS)).to_contain_text("Awaiting moderation")
    expect(comment(tab, WORDS).get_by_role("link", name="Reply")).to_have_count(0)

    stranger = arrive(java_script_enabled=scripts)
    stranger.goto(post.url)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("A quiet hour")
    expect(stranger.get_by_text(WORDS)).to_have_count(0)


@pytest.mark.once
def test_every_mistake_is_named_first_and_leads_to_its_field(tab, post, scripts):
    tab.goto(post.url)
    tab.get_by_label("Your comment").fill(WORDS)
    tab.get_by_label("Email address").fill("ann")
    tab.get_by_role("button", name="Send comment").click()

    expect(tab).to_have_title(re.compile("^Error: "))
    alert = tab.get_by_role("alert")
    expect(alert.get_by_role("heading")).to_have_text("There is a problem")
    expect(alert).to_be_in_viewport()
    if scripts:
        expect(tab.locator(":focus").get_by_role("alert")).to_have_count(1)
    expect(tab.get_by_label("Your comment")).to_have_value(WORDS)
    expect(tab.get_by_label("Email address")).to_have_value("ann")
    for problem, label in (("Enter your name", "Name"), ("Enter an email address", "Email address")):
        alert.get_by_role("link", name=problem).click()
        expect(tab.get_by_label(label, exact=True)).to_be_in_viewport()
        expect(tab.get_by_label(label, exact=True)).to_be_focused()
        expect(tab.get_by_label(label, exact=True)).to_have_accessible_description(re.compile(problem))


def test_after_mending_the_mistake_the_comment_is_taken(tab, post):
    tab.goto(post.url)
    write(tab, WORDS, name=" ")
    expect(tab.get_by_role("alert")).to_be_visible()

    write(tab, WORDS)

    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_visible()
    expect(tab.get_by_role("article").filter(has_text="Awaiting moderation")).not_to_have_count(0)


def test_a_comment_and_its_answer_are_approved_into_one_thread(tab, arrive, post, moderator, scripts):
    CommentFactory(page=post, approved=True, name="Zoe", text="Another matter.")
    tab.goto(post.url)
    write(tab, WORDS)
    desk = arrive(java_script_enabled=scripts)
    log_in(desk, "moderator")
    approve(desk, "Ann", scripts)

    reader = arrive(java_script_enabled=scripts)
    reader.goto(post.url)
    reader.get_by_role("link", name="Reply to Ann").click()
    expect(reader.get_by_role("heading", name="Reply to Ann", level=2)).to_be_visible()
    write(reader, "So did I.", label="Your reply to Ann", name="Ben")
    expect(comment(reader, "So did I.")).to_contain_text("Awaiting moderation")
    approve(desk, "Ben", scripts)

    tab.goto(post.url)
    thread = tab.get_by_role("listitem").filter(has=tab.get_by_role("heading", name="Ann", exact=True))
    expect(thread).to_have_count(1)
    expect(thread.get_by_role("listitem")).to_contain_text("So did I.")
    expect(thread).not_to_contain_text("Another matter.")
    expect(tab.get_by_text("Awaiting moderation")).to_have_count(0)
    expect(tab.get_by_role("heading", name="3 comments")).to_be_visible()


@pytest.mark.once
def test_without_scripts_the_answer_has_a_page_with_the_words_it_answers(arrive, post):
    CommentFactory(page=post, approved=True, name="Ann", text=WORDS)
    tab = arrive(java_script_enabled=False)
    tab.goto(post.url)

    tab.get_by_role("link", name="Reply to Ann").click()

    expect(tab.get_by_role("heading", level=1)).to_have_text("Reply to Ann")
    expect(tab.get_by_role("blockquote")).to_contain_text(WORDS)
    tab.get_by_role("link", name="Cancel reply").click()
    expect(tab).to_have_url(re.compile(rf"{post.url}#comment-\d+$"))


@pytest.mark.once
@pytest.mark.parametrize("way_back", ["Escape", "Cancel reply"])
def test_the_form_comes_to_the_comment_and_goes_back(arrive, post, way_back):
    CommentFactory(page=post, approved=True, name="Ann", text=WORDS)
    CommentFactory(page=post, approved=True, name="Zoe", text="Another matter.")
    tab = arrive()
    tab.goto(post.url)
    reply = tab.get_by_role("link", name="Reply to Ann")

    reply.click()

    words = tab.get_by_label("Your reply to Ann")
    expect(words).to_be_focused()
    below_the_comment = tab.get_by_role("listitem").filter(has_text=WORDS).get_by_role("textbox")
    expect(below_the_comment.first).to_be_focused()
    if way_back == "Escape":
        words.press("Escape")
    else:
        tab.get_by_role("link", name="Cancel reply").click()
    expect(reply).to_be_focused()
    expect(below_the_comment).to_have_count(0)
    expect(tab.get_by_label("Your comment")).to_be_visible()
    expect(tab.get_by_role("heading", name="Leave a comment")).to_be_visible()


def test_a_long_thread_goes_on_where_its_link_leads(tab, post, scripts):
    keys = plant_comments(post, [None, *[0] * 90, None])
    tab.goto(post.url)
    expect(tab.locator(f"#comment-{keys[40]}")).to_have_count(1)
    expect(tab.locator(f"#comment-{keys[41]}")).to_have_count(0)

    tab.get_by_role("link", name="50 more replies to Planted 0").click()
    expect(tab.locator(f"#comment-{keys[41]}")).to_be_visible()
    if scripts:
        expect(tab).to_have_url(post.url)
        expect(tab.locator(f"#comment-{keys[41]}")).to_be_focused()
    else:
        expect(tab.get_by_role("heading", level=1)).to_have_text("Replies to Planted 0")
        expect(tab.get_by_role("blockquote")).to_contain_text("Planted thought 0.")
    tab.get_by_role("link", name="10 more replies to Planted 0").click()

    last = tab.locator(f"#comment-{keys[90]}")
    expect(last).to_be_visible()
    expect(tab.get_by_role("link", name=re.compile("more repl"))).to_have_count(0)
    last.get_by_role("link", name="Reply to Planted 90").click()
    expect(tab.get_by_label("Your reply to Planted 90")).to_be_visible()
    if scripts:
        shown = tab.get_by_role("article").evaluate_all("all => all.map(one => one.id).filter(Boolean)")
        assert shown == [f"comment-{key}" for key in keys]


def test_the_pages_of_a_thread_lead_back_to_all_comments(tab, post):
    keys = plant_comments(post, [None] * 25 + [22] * 70)
    tab.goto(f"{post.url}comments/{keys[22]}/replies/?after={keys[90]}")

    tab.get_by_role("link", name="From the first reply").click()
    expect(tab.locator(f"#comment-{keys[25]}")).to_be_visible()
    tab.get_by_role("link", name="All comments on this article").click()

    expect(tab).to_have_url(re.compile(rf"{post.url}\?after=\d+#comment-{keys[22]}$"))
    expect(tab.get_by_role("heading", level=1)).to_have_text("A quiet hour")

"""Comments and their count under a page of another origin, as its reader sees them in Chromium."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from cms.management import embed
from tests.browser.conftest import PATIENCE
from tests.clients import __main__ as clients
from tests.clients import node
from tests.elsewhere.conftest import Elsewhere
from tests.factories import CommentFactory, plant_comments
from tests.served import web_server

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSTILE = """</p><img src=x onerror="document.title='attacked'"><script>document.title='attacked'</script>
javascript:alert(1) https://good.example/a?b="onclick=x <a href="https://evil.example">here</a> {name} $& https://é.example/."""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Elsewhere</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {site}; connect-src {site};
 require-trusted-types-for 'script'; trusted-types 'none'">
<script type="module" src="{site}{module}" integrity="{integrity}" crossorigin></script>
<main><h1>Elsewhere</h1><p><a href="#talk"><comment-count page="{page}">Talk</comment-count></a></p>
<div id="talk"><reader-comments page="{page}">{inside}
<a href="{site}/blog/{page}/#comments">Read the comments</a></reader-comments></div></main></html>"""


@pytest.fixture
def visit(
    transactional_db, chromium: Browser, elsewhere: Elsewhere, tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """Open a page elsewhere that has the comments of one of ours in it."""
    asked: list[str] = []
    contexts = []
    variables = {"DJANGO_SETTINGS_MODULE": "tests.elsewhere.settings", "EMBEDDED_AT": elsewhere.origin}
    with web_server(tmp_path / "site.log", **variables) as served:
        site = f"http://localhost:{served.port}"

        def open_page(page: str = "a-quiet-hour", inside: str = "", **options: object) -> Page:
            known = {"module": embed.PATH, "integrity": embed.integrity()}
            html = PAGE.format(site=site, page=page, inside=inside, **known)
            (elsewhere.folder / "index.html").write_text(html)
            context = chromium.new_context(base_url=elsewhere.origin, **options)
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
            context.on("request", lambda request: asked.append(request.url))
            tab = context.new_page()
            tab.goto("/")
            return tab

        yield open_page
        assert [context.cookies() for context in contexts] == [[] for _ in contexts]
        assert [url for url in asked if not url.startswith((site, elsewhere.origin))] == []
        for context in contexts:
            context.close()


def write(tab: Page, words: str, label: str = "Your comment", name: str = "Ann") -> None:
    tab.get_by_label(label).fill(words)
    tab.get_by_label("Name", exact=True).fill(name)
    tab.get_by_label("Email address").fill(f"{name.lower()}@example.org")
    tab.get_by_role("button", name="Send comment").click()


def test_comments_are_read_and_counted(visit, post):
    first = CommentFactory(page=post, approved=True, name="Zoe", text="Another matter.")
    CommentFactory(page=post, approved=True, name="Ben", text="A reply.", reply_to_id=first.pk)
    CommentFactory(page=post, text="Held words.")
    tab = visit()

    expect(tab.get_by_role("link", name="2 comments")).to_be_visible()
    expect(tab.get_by_role("heading", name="2 comments", level=2)).to_be_visible()
    thread = tab.get_by_role("listitem").filter(has=tab.get_by_role("heading", name="Zoe"))
    expect(thread.get_by_role("listitem")).to_contain_text("A reply.")
    expect(tab.get_by_text("Held words.")).to_have_count(0)
    expect(thread).to_have_css("list-style-type", "none")
    expect(tab.get_by_role("link", name="Read the comments")).not_to_be_visible()


def test_a_comment_is_sent_held_and_approved(visit, post, moderator):
    tab = visit()
    write(tab, "I slept through it.")

    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    own = tab.get_by_role("article").filter(has_text="I slept through it.")
    expect(own).to_contain_text("Awaiting moderation")
    comment = ReaderComment.objects.get()
    assert comment.status == "pending"
    assert comment.reader.address == "ann@example.org"

    actions.approve(comment, version=comment.version, by=moderator)
    stranger = visit()
    expect(stranger.get_by_role("article").filter(has_text="I slept through it.")).to_be_visible()


def test_a_reply_moves_the_form_and_escape_brings_it_back(visit, post):
    parent = CommentFactory(page=post, approved=True, name="Zoe")
    tab = visit()
    tab.get_by_role("button", name="Reply to Zoe").click()

    expect(tab.get_by_role("heading", name="Reply to Zoe")).to_be_visible()
    expect(tab.get_by_label("Your reply to Zoe")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("button", name="Reply to Zoe")).to_be_focused()
    expect(tab.get_by_role("heading", name="Leave a comment")).to_be_visible()

    tab.keyboard.press("Enter")
    write(tab, "So did I.", label="Your reply to Zoe")
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    assert ReaderComment.objects.get(comment="So did I.").in_reply_to_id == parent.pk


def test_every_mistake_is_named_and_leads_to_its_field(visit, post):
    tab = visit()
    tab.get_by_label("Your comment").press_sequentially("Words.")
    tab.get_by_label("Email address").press_sequentially("ann")
    tab.get_by_label("Email address").press("Enter")

    alert = tab.get_by_role("alert")
    expect(alert.get_by_role("heading")).to_have_text("There is a problem")
    expect(alert.locator(":focus")).to_have_count(1)
    for problem, label in (("Enter your name", "Name"), ("Enter an email address", "Email address")):
        alert.get_by_role("link", name=problem).click()
        expect(tab.get_by_label(label, exact=True)).to_be_focused()
        expect(tab.get_by_label(label, exact=True)).to_have_accessible_description(re.compile(problem))
    expect(tab.get_by_label("Your comment")).to_have_value("Words.")

    write(tab, "Words.")
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_visible()
    expect(alert).to_have_text("")
    assert ReaderComment.objects.count() == 1


def test_an_own_comment_is_withdrawn(visit, post):
    tab = visit()
    write(tab, "Too much.")
    tab.get_by_role("button", name="Withdraw your comment").click()

    expect(tab.get_by_text("Your comment is withdrawn.")).to_be_focused()
    expect(tab.get_by_text("Too much.")).to_have_count(0)
    assert ReaderComment.objects.get().status == "withdrawn"


def test_a_held_comment_is_seen_again_edited_and_withdrawn(visit, post):
    first = CommentFactory(page=post, approved=True, name="Zoe")
    tab = visit()
    tab.get_by_role("button", name="Reply to Zoe").click()
    write(tab, "So do i.", label="Your reply to Zoe")
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    tab.reload()

    thread = tab.get_by_role("listitem").filter(has=tab.get_by_role("heading", name="Zoe"))
    own = thread.get_by_role("article").filter(has_text="So do i.")
    expect(own.get_by_role("heading", name="Ann")).to_be_visible()
    expect(own).to_contain_text("Only you can see this until we approve it.")
    own.get_by_role("button", name="Edit your comment").click()
    words = tab.get_by_label("Your comment").first
    expect(words).to_be_focused()
    tab.get_by_role("button", name="Leave it as it is").click()
    expect(tab.get_by_role("button", name="Edit your comment")).to_be_focused()
    tab.keyboard.press("Enter")
    words.fill("")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status")).to_have_text("Enter your comment")
    words.fill("So did I.")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    assert ReaderComment.objects.get(in_reply_to=first).comment == "So did I."

    tab.reload()
    expect(thread.get_by_role("article").filter(has_text="So did I.")).to_be_visible()
    tab.get_by_role("button", name="Withdraw your comment").click()
    expect(tab.get_by_text("Your comment is withdrawn.")).to_be_focused()
    assert ReaderComment.objects.get(in_reply_to=first).status == "withdrawn"
    assert tab.evaluate("localStorage.getItem('reader-comments')") == "[]"
    expect(visit().get_by_text("So did I.")).to_have_count(0)


def test_an_approved_comment_of_ones_own_is_edited_and_the_new_words_wait(visit, post, moderator):
    tab = visit()
    write(tab, "I slept.")
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    comment = ReaderComment.objects.get()
    actions.approve(comment, version=comment.version, by=moderator)
    tab.reload()
    tab.get_by_role("button", name="Edit your comment").click()
    tab.get_by_label("Your comment").first.fill("I slept well.")
    tab.get_by_role("button", name="Save").click()

    own = tab.get_by_role("article")
    expect(own).to_contain_text("Awaiting moderation")
    expect(own).to_contain_text("I slept well.")
    expect(visit().get_by_role("article")).not_to_contain_text("well")


def test_what_a_moderator_has_refused_is_forgotten(visit, post, moderator):
    tab = visit()
    write(tab, "Buy this.")
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    comment = ReaderComment.objects.get()
    actions.trash(comment, version=comment.version, by=moderator)
    with tab.expect_response(f"**/comments/{comment.pk}/"):
        tab.reload()

    expect(tab.get_by_role("heading", name="Leave a comment")).to_be_visible()
    expect(tab.get_by_text("Buy this.")).to_have_count(0)
    tab.wait_for_function("localStorage.getItem('reader-comments') === '[]'")


def test_where_storage_is_not_allowed_a_comment_is_sent_all_the_same(visit, post):
    tab = visit()
    tab.evaluate("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})")
    write(tab, "I slept through it.")

    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()
    expect(tab.get_by_role("button", name="Withdraw your comment")).to_be_visible()


def test_more_comments_are_loaded_and_the_first_has_the_focus(visit, post):
    plant_comments(post, [None] * 45)
    tab = visit()
    articles = tab.get_by_role("article")
    expect(articles).to_have_count(20)

    tab.get_by_role("button", name="Load more comments").click()
    expect(articles).to_have_count(40)
    expect(articles.nth(20)).to_be_focused()
    tab.get_by_role("button", name="Load more comments").click()
    expect(articles).to_have_count(45)
    expect(tab.get_by_role("button", name="Load more comments")).to_have_count(0)


def test_hostile_words_stay_words(visit, post):
    CommentFactory(page=post, approved=True, name="<b>Eve</b> {name} $&", text=HOSTILE)
    tab = visit()
    text = tab.get_by_role("article")

    expect(text).to_contain_text("<script>document.title")
    expect(tab.get_by_role("heading", name="<b>Eve</b> {name} $&")).to_be_visible()
    links = text.locator("[part=text] a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert links == ["https://good.example/a?b=", "https://evil.example", "https://é.example/"]
    assert text.locator("[part=text] *:not(a)").count() == 0
    assert tab.title() == "Elsewhere"


def test_words_are_the_page_owners_and_the_link_stays_where_comments_cannot_be(visit, post):
    own = '<script type="application/json">{"send": "Absenden", "leave": "Was denken Sie?"}</script>'
    german = visit(inside=own)
    expect(german.get_by_role("heading", name="Was denken Sie?")).to_be_visible()
    expect(german.get_by_role("button", name="Absenden")).to_be_visible()

    nowhere = visit(page="nowhere")
    expect(nowhere.get_by_role("alert")).to_have_text("Comments cannot be reached at the moment.")
    expect(nowhere.get_by_role("button", name="Try again")).to_be_visible()

    for tab in (nowhere, visit(java_script_enabled=False)):
        expect(tab.get_by_role("link", name="Read the comments")).to_be_visible()
        expect(tab.get_by_role("link", name="Talk")).to_be_visible()


def test_closed_comments_say_why(visit, post):
    post.comments_open = False
    post.save()
    tab = visit()

    expect(tab.get_by_text("Comments are closed on this article.")).to_be_visible()
    expect(tab.get_by_role("button", name="Send comment")).to_have_count(0)


def test_axe_finds_nothing(visit, post):
    first = CommentFactory(page=post, approved=True, name="Zoe")
    CommentFactory(page=post, approved=True, name="Ben", reply_to_id=first.pk, text=HOSTILE)
    tab = visit()
    tab.get_by_role("button", name="Reply to Zoe").click()
    tab.get_by_role("button", name="Send comment").click()
    expect(tab.get_by_role("alert").get_by_role("heading")).to_be_visible()

    found = Axe().run(tab)
    assert [each["id"] for each in found.response["violations"]] == []


def test_its_digest_in_the_handbook_is_that_of_the_file():
    """Pages anywhere name it: once released, a changed module is a new folder beside this one."""
    handbook = (settings.BASE_DIR / "docs" / "headless.md").read_text()

    assert f'{embed.PATH}" integrity="{embed.integrity()}" crossorigin></script>' in handbook


def test_the_command_writes_what_a_page_needs(capsys):
    call_command("embed", 'a"b')

    said = capsys.readouterr().out
    assert f'src="{settings.SITE_URL}{embed.PATH}" integrity="{embed.integrity()}"' in said
    assert 'page="a&quot;b"' in said


def test_the_module_is_small():
    module = (settings.BASE_DIR / "static" / embed.MODULE).read_bytes()

    assert len(module) <= 10_240
    assert len(gzip.compress(module)) < 5_000


def test_the_module_is_made_of_its_source():
    node.require()

    assert clients.embed() == clients.EMBED.read_text()
    assert settings.BASE_DIR / "static" / embed.MODULE == clients.EMBED

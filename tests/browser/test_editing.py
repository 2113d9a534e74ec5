"""An editor writes a post as anybody would in Wagtail, and finds it on the site."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import log_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture() -> dict[str, object]:
    file = io.BytesIO()
    Image.new("RGB", (1600, 1000), "seagreen").save(file, "PNG")
    return {"name": "willow.png", "mimeType": "image/png", "buffer": file.getvalue()}


def choose_picture(editor: Page) -> None:
    editor.get_by_role("button", name="Choose an image").click()
    dialog = editor.get_by_role("dialog").filter(has_text="Choose an image")
    dialog.get_by_role("tab", name="Upload").click()
    upload = dialog.get_by_role("tabpanel", name="Upload")
    upload.get_by_label("File").set_input_files(picture())
    expect(upload.get_by_label("Title")).to_have_value("willow")
    upload.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0)


def add_block(editor: Page, name: str) -> Locator:
    """
    Insert a block below the others; return its section of the page.

    A block slides in, and a click on what slides under it is lost: hence the key. Wagtail puts the cursor
    into the block when it is there; the list it was chosen from may go a little later.
    """
    body = editor.get_by_role("region", name="Body")
    expect(editor.get_by_role("option")).to_have_count(0)
    body.get_by_role("button", name="Insert a block").last.press("Enter")
    editor.get_by_role("option", name=name).click()
    block = body.get_by_role("region", name=re.compile(f"^{name}"))
    expect(block.locator(":focus")).to_have_count(1)
    return block


def write_body(editor: Page) -> None:
    paragraph = add_block(editor, "Paragraph")
    expect(paragraph.get_by_role("textbox").first).to_be_focused()
    editor.keyboard.type("A visit starts with a talk.")

    quote = add_block(editor, "Quote")
    quote.get_by_label("Text").fill("I slept through it.")
    quote.get_by_label("Who said it").fill("A patient")

    comparison = add_block(editor, "Comparison")
    comparison.get_by_label("Caption").fill("Two kinds of visit")
    comparison.get_by_label("First").first.fill("The short one")
    comparison.get_by_label("Second").first.fill("The long one")
    questions = comparison.get_by_label("Question")
    expect(questions).to_have_count(1)  # the first row is there from the beginning
    comparison.get_by_role("button", name="Add", exact=True).last.press("Enter")
    expect(questions).to_have_count(2)
    expect(questions.last).to_be_focused()
    for number, question in enumerate(("How long?", "How much?")):
        questions.nth(number).fill(question)
        comparison.get_by_label("First").nth(number + 1).fill(f"Less {number}")
        comparison.get_by_label("Second").nth(number + 1).fill(f"More {number}")


def test_an_editor_writes_previews_and_publishes_a_post(arrive, blog, editor):
    desk = arrive(viewport={"width": 1400, "height": 1000})
    log_in(desk, "editor")
    desk.get_by_role("button", name="Pages").click()
    explorer = desk.get_by_role("dialog", name="Page explorer")
    explorer.get_by_role("link", name="View child pages of 'Home'").click()
    explorer.get_by_role("link", name="Blog", exact=True).click()
    desk.get_by_role("navigation", name="Actions").get_by_role("link", name="Add child page").click()

    desk.get_by_role("textbox", name="Title").fill("A first visit")
    desk.get_by_role("textbox", name="Standfirst").fill("What happens, and how long it takes.")
    choose_picture(desk)
    write_body(desk)
    desk.get_by_role("button", name="Toggle preview").click()
    preview = desk.frame_locator("iframe[title=Preview]").last  # the newest, while two take turns
    expect(preview.get_by_role("heading", level=1)).to_have_text("A first visit")
    expect(preview.get_by_role("table")).to_contain_text("The long one")

    expect(desk.locator("#w-autosave-indicator").get_by_text("Saved")).to_be_visible()  # else two saves race
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.get_by_role("status").get_by_text(re.compile("A first visit.* published"))).to_be_visible()

    reader = arrive()
    reader.goto(blog.url)
    card = reader.get_by_role("listitem").filter(has=reader.get_by_role("link", name="A first visit"))
    expect(card.locator("img")).to_have_js_property("complete", True)
    assert card.locator("img").evaluate("picture => picture.currentSrc").endswith(".webp")
    assert card.locator("img").evaluate("picture => picture.naturalWidth") > 600
    card.get_by_role("link", name="A first visit").click()
    main = reader.get_by_role("main")
    expect(main.get_by_role("blockquote")).to_contain_text("I slept through it.")
    table = main.get_by_role("table", name="Two kinds of visit")
    expect(table.get_by_role("row")).to_contain_text(
        ["The short one", "How long?", "Less 0", "How much?", "Less 1"]
    )
    expect(table.get_by_role("cell").last).to_have_text("More 1")
    expect(main).to_contain_text("A visit starts with a talk.")


def test_what_is_typed_at_once_is_saved_without_another_key(arrive, post, editor):
    """Wagtail 8.0 takes what is in the form after two seconds for what is stored."""
    desk = arrive(viewport={"width": 1400, "height": 1000})
    log_in(desk, "editor")
    desk.goto(f"/admin/pages/{post.pk}/edit/", wait_until="domcontentloaded")
    desk.get_by_role("textbox", name="Title").first.fill("A loud hour")

    expect(desk.locator("#w-autosave-indicator").get_by_text("Saved")).to_be_visible()
    assert post.revisions.latest("pk").content["title"] == "A loud hour"

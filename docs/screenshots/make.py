#!/usr/bin/env python3
"""Take the pictures of the README and of docs/ from sites that run: `python docs/screenshots/make.py http://localhost:8000`.

That is a demo site, and ADMIN_PASSWORD the password of its log-ins. With `--bookshop` it is one that was
started with `--no-demo` and filled by `manage.py shell -c "from tests.presets import bookshop; bookshop()"`.
The pictures are written beside this file.
"""

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
POST = "/blog/scalp-acupuncture-vs-body-acupuncture/"
LARGEST = 200_000  # bytes of a file
SHADES = (256, 128, 64, 32)


def main(site: str, *, is_bookshop: bool) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        if is_bookshop:
            take_bookshop(browser, site)
        else:
            take_demo(browser, site, os.environ["ADMIN_PASSWORD"])
        browser.close()


def take_bookshop(browser: Browser, site: str) -> None:
    tab = open_tab(browser, site, DESK)
    tab.goto("/notes/")
    keep("bookshop", tab)


def take_demo(browser: Browser, site: str, password: str) -> None:
    for name, path, size in (("home", "/", DESK), ("post", POST, DESK), ("phone", POST, PHONE)):
        tab = open_tab(browser, site, size)
        tab.goto(path)
        keep(name, tab)
    tab = open_tab(browser, site, DESK)
    log_in(tab, "moderator", password)
    tab.goto("/admin/comments/")
    keep("desk", tab)
    tab.get_by_role("link", name="More about the comment").first.click()
    tab.get_by_role("button", name="Delete for good").wait_for()
    keep("comment", tab)
    tab.goto("/admin/comments/decisions/")
    keep("report", tab)


def open_tab(browser: Browser, site: str, size: dict[str, int]) -> Page:
    context = browser.new_context(base_url=site, viewport=size, color_scheme="light", reduced_motion="reduce")
    return context.new_page()


def log_in(tab: Page, name: str, password: str) -> None:
    tab.goto("/admin/login/")
    tab.get_by_label("Username").fill(name)
    tab.get_by_placeholder("Enter password").fill(password)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("navigation", name="Main menu").wait_for()


def keep(name: str, tab: Page) -> None:
    """Write what is on the screen with as many shades as fit into the file."""
    tab.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    for shades in SHADES:
        file = io.BytesIO()
        shot.quantize(shades, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    (HERE / f"{name}.png").write_bytes(file.getvalue())


if __name__ == "__main__":
    addresses = [each for each in sys.argv[1:] if each != "--bookshop"]
    bookshop = "--bookshop" in sys.argv
    if len(addresses) != 1 or not bookshop and "ADMIN_PASSWORD" not in os.environ:
        sys.exit(__doc__)
    main(addresses[0], is_bookshop=bookshop)

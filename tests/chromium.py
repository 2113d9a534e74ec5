"""The one Chromium of a test run: Playwright cannot be started twice in a process."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = f"no browser: none of {', '.join(NAMES)} is on the PATH (Debian: apt install chromium)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    connection = connections[DEFAULT_DB_ALIAS]
    with sync_playwright() as playwright:
        # In a thread with a running loop Django would open a second one, which knows nothing of the test run.
        connections[DEFAULT_DB_ALIAS] = connection
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()

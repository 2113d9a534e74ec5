"""Chromium against the site on a port. Tests here click, type and read; they know no script of it."""

from collections.abc import Callable, Iterable, Iterator
from threading import Condition
from typing import Any
from urllib.parse import urldefrag

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
)
from pytest_django.live_server_helper import LiveServer

from cms.brand import pictures
from tests.conftest import with_static_files
from tests.factories import PASSWORD

PATIENCE = 15_000  # milliseconds; a busy machine is slow, a broken page stays broken

expect.set_options(timeout=PATIENCE)


class Handler(StaticFilesHandler):
    """Knows how many requests it is busy with: what a browser asked for goes on when that is closed."""

    busy = 0
    changed = Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.count(1)
        try:
            return super().__call__(environ, start_response)
        finally:
            self.count(-1)

    @classmethod
    def count(cls, more: int) -> None:
        with cls.changed:
            cls.busy += more
            cls.changed.notify_all()

    @classmethod
    def wait_until_free(cls) -> None:
        with cls.changed:
            assert cls.changed.wait_for(lambda: not cls.busy, PATIENCE / 1000), "a request does not end"


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    yield from with_static_files(Handler)


@pytest.fixture(params=[False, True], ids=["plain", "script"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: every trip is made both ways."""
    return request.param


class Watch:
    """What no page may do, seen from the browser: ask another server, or complain on the console."""

    def __init__(self, site: str) -> None:
        self.ours = (f"{site}/", "data:", "blob:", "about:")
        self.faults: list[str] = []
        self.refused: set[str] = set()

    def over(self, page: Page) -> None:
        page.on("request", self.request)
        page.on("response", self.response)
        page.on("console", self.console)
        page.on("pageerror", self.script)

    def request(self, request: Request) -> None:
        if not request.url.startswith(self.ours):
            self.faults.append(f"request to {request.url}")

    def response(self, response: Response) -> None:
        """Remember the pages that are meant to answer 404 or 422: Chromium reports each on the console."""
        if response.request.is_navigation_request() and 400 <= response.status < 500:
            self.refused.add(urldefrag(response.url).url)

    def script(self, error: Error) -> None:
        """Wagtail checks a preview with axe, and says so on the console when two previews come at once."""
        if not str(error).startswith("Axe is already running"):
            self.faults.append(f"script: {error}")

    def console(self, message: ConsoleMessage) -> None:
        is_fault = message.type == "error" or "Permissions-Policy" in message.text  # a mere warning
        if is_fault and urldefrag(message.location["url"]).url not in self.refused:
            self.faults.append(f"console: {message.text} ({message.location['url']})")


@pytest.fixture
def watch(live_server: LiveServer) -> Watch:
    return Watch(live_server.url)


@pytest.fixture
def arrive(
    transactional_db: None, chromium: Browser, live_server: LiveServer, watch: Watch
) -> Iterator[Callable[..., Page]]:
    """``arrive()`` is somebody else's browser each time: a tab of its own with nothing remembered."""
    cache.clear()  # nobody's earlier posts count against the limits
    pictures.draw_due()  # as before each start of a site
    contexts = []

    def open_tab(**options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.on("page", watch.over)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()
    Handler.wait_until_free()  # before the tables are emptied under it
    assert watch.faults == []


@pytest.fixture
def tab(arrive: Callable[..., Page], scripts: bool) -> Page:
    """The browser of a visitor, with and without scripts."""
    return arrive(java_script_enabled=scripts)


def log_in(tab: Page, name: str) -> None:
    tab.goto("/admin/")
    tab.get_by_label("Username").fill(name)
    tab.get_by_placeholder("Enter password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab).to_have_url("/admin/")

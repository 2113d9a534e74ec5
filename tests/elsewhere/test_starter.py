"""The starter front end: built by npm from a running site, walked in Chromium, built anew by a webhook."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from home.contact.models import ContactMessage
from tests.browser.conftest import PATIENCE
from tests.clients import node
from tests.elsewhere.conftest import Elsewhere
from tests.factories import PostFactory
from tests.served import web_server
from tests.smtp_peer import free_port

pytestmark = [
    pytest.mark.once,
    pytest.mark.long,
    pytest.mark.starter,
    pytest.mark.django_db(transaction=True),
]
STARTER = settings.BASE_DIR / "docs" / "starters" / "astro"
SECRET = base64.b64encode(b"thirty-two bytes for the webhook").decode()


class Starter(NamedTuple):
    tab: Page
    folder: Path
    environment: dict[str, str]


@pytest.fixture
def starter(post, contact, elsewhere: Elsewhere, chromium: Browser, tmp_path: Path) -> Iterator[Starter]:
    """The pages, built and served, before a browser that has not opened one yet."""
    node.require()
    for page in (post.get_parent(), contact):
        page.show_in_menus = True
        page.save()
    folder = tmp_path / "starter"
    shutil.copytree(
        STARTER, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "client", ".astro")
    )
    elsewhere.folder.rmdir()
    elsewhere.folder.symlink_to(folder / "dist")
    node.installed(STARTER)
    (folder / "node_modules").symlink_to(STARTER / "node_modules")
    variables = {"DJANGO_SETTINGS_MODULE": "tests.elsewhere.settings", "EMBEDDED_AT": elsewhere.origin}
    with web_server(tmp_path / "site.log", **variables) as served:
        environment = {"SITE": f"http://localhost:{served.port}", "ASTRO_TELEMETRY_DISABLED": "1"}
        node.run("npm", "run", "build", folder=folder, **environment)
        context = chromium.new_context(base_url=elsewhere.origin)
        context.set_default_timeout(PATIENCE)
        yield Starter(context.new_page(), folder, environment)
        assert context.cookies() == []
        context.close()


def test_a_reader_finds_a_post_comments_and_is_read_by_others(starter, post, moderator):
    tab = starter.tab
    tab.goto("/")
    tab.get_by_role("navigation").get_by_role("link", name=post.get_parent().title).click()
    tab.get_by_role("link", name=post.title).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(post.title)
    tab.get_by_label("Your comment").fill("Seen from elsewhere.")
    tab.get_by_label("Name", exact=True).fill("Ann")
    tab.get_by_label("Email address").fill("ann@example.org")
    tab.get_by_role("button", name="Send comment").click()
    expect(tab.get_by_text("Thank you. We have your comment.")).to_be_focused()

    comment = ReaderComment.objects.get()
    actions.approve(comment, version=comment.version, by=moderator)
    tab.reload()
    expect(tab.get_by_role("article").filter(has_text="Seen from elsewhere.").last).to_be_visible()
    expect(tab.get_by_text("Awaiting moderation")).to_have_count(0)


def test_contact_search_and_drafts(starter, post, contact):
    tab = starter.tab
    tab.goto("/contact/")
    tab.get_by_role("button", name="Send message").click()
    expect(tab.get_by_role("alert")).to_contain_text("Enter your name")
    tab.get_by_label("Name", exact=False).first.fill("Ann")
    tab.get_by_label("Email").first.fill("ann@example.org")
    tab.get_by_label("Message").fill("May I come?")
    tab.get_by_role("button", name="Send message").click()
    expect(tab.get_by_text("Thank you. We have your message.")).to_be_visible()
    assert ContactMessage.objects.get().name == "Ann"

    tab.goto("/search/")
    tab.get_by_label("Words to look for").fill("quiet")
    tab.get_by_role("button", name="Search").click()
    expect(tab.get_by_role("link", name=post.title)).to_have_attribute("href", f"/blog/{post.slug}/")

    tab.goto("/preview/?token=none")
    expect(tab.get_by_role("status")).not_to_have_text("Loading the draft …")


def test_axe_finds_nothing(starter, post):
    for path in ("/", "/blog/", f"/blog/{post.slug}/", "/contact/", "/search/", "/404.html"):
        starter.tab.goto(path)
        starter.tab.wait_for_load_state("networkidle")
        violations = Axe().run(starter.tab).response["violations"]
        assert [(each["id"], path) for each in violations] == []


@pytest.fixture
def hook(starter) -> Iterator[tuple[int, Callable[[], str]]]:
    """Where webhooks arrive, and what is said there next."""
    port = free_port()
    variables = {**os.environ, **starter.environment, "PORT": str(port), "WEBHOOK_SECRET": f"whsec_{SECRET}"}
    with subprocess.Popen(
        ("node", "scripts/rebuild.mjs"), cwd=starter.folder, env=variables, stdout=subprocess.PIPE, text=True
    ) as process:
        assert "Waiting" in process.stdout.readline()
        yield port, process.stdout.readline
        process.terminate()


def send(port: int, key: bytes, sent: float) -> int:
    body = json.dumps({"type": "page.published", "data": {}})
    signed = f"msg_1.{int(sent)}.{body}".encode()
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(sent)),
        "webhook-signature": f"v1,{signature}",
    }
    door.request("POST", "/", body, headers)
    status = door.getresponse().status
    door.close()
    return status


def test_a_signed_webhook_builds_the_pages_anew(starter, hook, blog):
    port, line = hook
    key = base64.b64decode(SECRET)
    PostFactory(parent=blog, title="Another hour", slug="another-hour")
    assert send(port, b"another key of thirty-two bytes.", time.time()) == 401
    assert send(port, key, time.time() - 3600) == 401
    assert not (starter.folder / "dist" / "blog" / "another-hour").exists()

    assert send(port, key, time.time()) == 204
    while "Built." not in (said := line()):
        assert said
    starter.tab.goto("/blog/")
    starter.tab.get_by_role("link", name="Another hour").click()
    expect(starter.tab.get_by_role("heading", level=1)).to_have_text("Another hour")

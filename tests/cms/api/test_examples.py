"""Every command of docs/headless.md, as a reader of it types it."""

import json
import re
import shlex
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

import cms
from cms.previews.models import SharedDraft
from home.contact.site_settings import MessageSettings
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory, PostFactory

DOCUMENT = Path(cms.__file__).parents[1] / "docs" / "headless.md"
COMMANDS = re.findall(r"^ {4}(curl .+)$", DOCUMENT.read_text(), re.MULTILINE)

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, post, contact, settings, tmp_path) -> str:
    settings.DATA_DIR = tmp_path
    blog, category = post.get_parent(), CategoryFactory(slug="sleep")
    other = PostFactory(parent=blog, category=category, author=AuthorFactory(), date="2026-02-01")
    other.tags.add("needles")
    other.save()
    CommentFactory(page=post, approved=True)
    MessageSettings.objects.create(site=contact.get_site(), take_files=True)
    return live_server.url


@pytest.fixture
def token(post, admin) -> str:
    return SharedDraft.issue(timedelta(days=1), prefix=SharedDraft.PREFIX, page=post, made_by=admin)


def test_there_are_examples():
    assert len(COMMANDS) > 12


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_works(site, token, tmp_path, command):
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not on the PATH")
    _, *arguments = shlex.split(command.replace("http://localhost:8000", site).replace("draft_…", token))

    (tmp_path / "leaflet.pdf").write_bytes(b"%PDF-1.7 words")
    done = subprocess.run(
        [curl, "-w", "%{http_code}", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    status = int(done.stdout[-3:])
    answer = json.loads(done.stdout[:-3] or "{}")  # nothing where it is kept as a file
    assert status == (422 if "catgory" in command else 202 if {"--json", "-F"} & {*arguments} else 200)
    assert answer.get("items", True)

"""The TypeScript client, compiled as strictly as the compiler can be, and run by node against the site."""

import json
import re
import shutil
from pathlib import Path

import pytest

from blog.comments.models import ReaderComment
from home.contact.models import Attachment
from home.contact.site_settings import MessageSettings
from tests.clients import node
from tests.clients.__main__ import ROOT, TYPES, types
from tests.conftest import visitor

HERE = Path(__file__).parent
CLIENT = TYPES.parent
EXAMPLE = re.search(r"```ts\n(.+?)```", (ROOT / "docs" / "headless.md").read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> Path:
    node.require()
    folder = tmp_path_factory.mktemp("program")
    for file in (*CLIENT.iterdir(), HERE / "reader.ts", HERE / "tsconfig.json"):
        shutil.copy(file, folder)
    (folder / "example.ts").write_text(EXAMPLE[1].replace('"http://localhost:8000"', "process.argv[2]!"))
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    node.run(node.installed() / "tsc", "-p", ".", folder=folder)
    return folder


@pytest.mark.once
def test_its_types_are_those_of_the_document():
    node.require()

    assert TYPES.read_text() == types(), "Run: make client"


@pytest.mark.once
def test_it_is_small(compiled):
    assert (compiled / "client.js").stat().st_size < 2_500


@pytest.mark.django_db(transaction=True)
def test_a_program_reads_posts_comments_and_understands_a_refusal(
    compiled, live_server, post, contact, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    MessageSettings.objects.create(site=contact.get_site(), take_files=True)
    seen = json.loads(node.run("node", "reader.js", live_server.url, post.slug, folder=compiled))

    assert seen == {
        "posts": [post.slug],
        "title": post.title,
        "sent": "accepted",
        "blocks": seen["blocks"],
        "kind": "page",
        "name": visitor().get("/api/v1/site/").json()["name"],
        "status": "pending",
        "edited": "Edited by it.",
        "gone": True,
        "wrong": {
            "status": 422,
            "fields": ["comment"],
            "message": "Fix the listed fields and send again.",
        },
        "absent": 404,
        "elsewhere": 502,
    }
    assert seen["blocks"]
    assert ReaderComment.objects.get().status == "withdrawn"
    assert Attachment.objects.get().name == "leaflet.pdf"


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_handbook_runs(compiled, live_server, post):
    said = node.run("node", "example.js", live_server.url, folder=compiled)

    assert said.splitlines()[0] == f"{post.title} {post.slug}"
    assert "422 { email: [" in said


@pytest.mark.once
@pytest.mark.django_db
def test_its_files_are_served_as_text(client, settings):
    settings.WHITENOISE_USE_FINDERS = True  # nothing is collected in a test run
    for file in CLIENT.iterdir():
        answer = client.get(f"/static/clients/typescript/{file.name}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == 'text/plain; charset="utf-8"'

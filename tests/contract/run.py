"""Sets a site up, lets Schemathesis loose on it as everybody, and generates a client."""

import http.client
import json
import os
import subprocess
import sys
from argparse import Namespace
from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from blog.comments.models import ReaderComment
from blog.models import BlogPostPage
from cms.previews.models import SharedDraft
from home.contact.site_settings import MessageSettings
from home.models import ContactPage
from tests.own_site import HOST, ROOT, WebServer, running

HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # compressing them takes long
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
CONTACT = "/api/v1/contact/{page}/"
REPLIES = [f"/api/v1/{place}/comments/{{comment_id}}/replies/" for place in ("posts/{post}", "pages/{page}")]
Known = dict[str, dict[str, str]]  # values of parameters by operation; "" is for all
ROLES = ("editor", "moderator")  # log-ins of the demo


def all_kept(folder: Path, chosen: Namespace) -> bool:
    tokens = furnish()
    server = WebServer(folder / "web.log")
    connections.close_all()
    with running(server):
        document = f"http://{HOST}:{server.port}/api/v1/openapi.json"
        known, tokens["the author of a comment"] = there()
        connections.close_all()
        kept = [schemathesis(name, document, token, known, chosen) for name, token in tokens.items()]
        return all(kept) & generates_a_client(document, folder, chosen.programs)


def furnish() -> dict[str, str]:
    """Fill a site with the demo, and return a token of each role; an empty one for nobody."""
    call_command("migrate", verbosity=0)
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}):
        call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_demo", verbosity=0)
    for terms in MessageSettings.objects.all():
        terms.take_files = True
        terms.save()
    return {"nobody": "", **{name: token_of(name) for name in ROLES}}


def there() -> tuple[Known, str]:
    """Return what leads to something, and the token of a comment's author."""
    post, contact = BlogPostPage.objects.live().first(), ContactPage.objects.live().first()
    comment, token = api_comment(post)
    answered = ReaderComment.objects.approved().exclude(thread=None).first()
    thread = {"post": answered.page.slug, "page": answered.page.slug, "comment_id": str(answered.pk)}
    editor = get_user_model().objects.get(username="editor")
    draft = SharedDraft.issue(timedelta(days=1), prefix=SharedDraft.PREFIX, page=post, made_by=editor)
    found = {
        "post": post.slug,
        "page": post.slug,
        "path": post.url,
        "comment_id": str(comment),
        "token": draft,
    }
    known = {"": found}
    known |= dict.fromkeys((CONTACT, f"{CONTACT}files/"), {"page": contact.slug})
    known |= dict.fromkeys(REPLIES, thread)
    return known, token


def api_comment(post: BlogPostPage) -> tuple[int, str]:
    """Send a comment as a reader's program does; return its id and its token."""
    words = {"name": "Ann", "email": "ann@example.org", "comment": "Sent by a program."}
    door = http.client.HTTPConnection(HOST, int(os.environ["PORT"]))
    door.request(
        "POST",
        f"/api/v1/posts/{post.pk}/comments/",
        json.dumps(words),
        {"Content-Type": "application/json"},
    )
    receipt = json.loads(door.getresponse().read())
    return receipt["id"], receipt["token"]


def token_of(name: str) -> str:
    made = StringIO()
    call_command("api_tokens", "create", user=name, name="the contract", stdout=made)
    return made.getvalue().strip()


def schemathesis(name: str, document: str, token: str, known: Known, chosen: Namespace) -> bool:
    say(f"== As {name}")
    command = [
        str(chosen.programs / "schemathesis"), "run", document, "--checks", CHECKS,
        "--max-examples", str(chosen.examples), "--continue-on-failure", "--no-color",
    ]  # fmt: skip
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    hooks = {
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(ROOT / "tests" / "contract"),
        "KNOWN": json.dumps(known),
    }
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **hooks}
    return subprocess.run(command, env=environment, cwd=os.environ["DATA_DIR"], check=False).returncode == 0


def generates_a_client(document: str, folder: Path, programs: Path) -> bool:
    """Write it, and import every module of it: a name that is no Python would fail there."""
    say("== A Python client")
    made = folder / "client"
    generate = [str(programs / "openapi-python-client"), "generate", "--url", document, "--meta", "none"]
    own = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # it formats what it wrote with ruff
    written = subprocess.run(
        [*generate, "--fail-on-warning", "--output-path", str(made)],
        cwd=folder,
        env={**os.environ, "PATH": own},
        check=False,
    )
    if written.returncode:
        return False
    modules = [
        ".".join(path.relative_to(folder).with_suffix("").parts) for path in sorted(made.rglob("*.py"))
    ]
    program = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)"
    python = [str(programs / "python"), "-c", program, *modules]
    imported = subprocess.run(python, cwd=folder, check=False).returncode == 0
    return imported and say(f"{len(modules)} modules, each imported")


def say(sentence: str) -> bool:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
    return True

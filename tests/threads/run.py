"""Makes a small site, lets editors work at it, and looks at what is stored."""

import sys
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from blog.models import BlogPostPage
from tests.factories import BlogFactory, PostFactory, UserFactory
from tests.own_site import HOST, WebServer, running
from tests.threads.editors import NAMES, Tally, stored, title_of, work

HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # compressing them takes long


def all_apart(folder: Path, chosen: Namespace) -> bool:
    pages = make_pages(migrated=bool(chosen.template))
    server = WebServer(folder / "web.log")
    connections.close_all()
    with running(server):
        tally = work(f"http://{HOST}:{server.port}", pages, chosen.seconds)
    look_at_what_is_stored(pages, tally)
    connections.close_all()
    return tell(tally, server)


def make_pages(*, migrated: bool) -> list[BlogPostPage]:
    if not migrated:
        call_command("migrate", verbosity=0)
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}):
        call_command("collectstatic", interactive=False, verbosity=0)
    for number in range(2 * len(NAMES)):
        UserFactory(username=f"editor{number}", admin=True)
    blog = BlogFactory()
    return [PostFactory(parent=blog, slug=f"post-{number}") for number, _ in enumerate(NAMES)]


def look_at_what_is_stored(pages: list[BlogPostPage], tally: Tally) -> None:
    """Each row has the words of its page and of one saving, and of that saving every one."""
    counts: dict[str, set[int]] = {}
    for page, name in zip(pages, NAMES, strict=True):
        page.refresh_from_db()
        if not page.live:
            tally.wrong(f"{name} is not live")
        for place, title, found in stored(page):
            tally.count("stored")
            counts.setdefault(place.split()[0], set()).update(found.values())
            if title != title_of(name) or len(found) != 1 or not next(iter(found)).startswith(name):
                tally.wrong(f"{place} of {name} is {title} and has {found}")
    tally.wrongs += [f"{kind}: {sizes} words" for kind, sizes in counts.items() if len(sizes) != 1]


def tell(tally: Tally, server: WebServer) -> bool:
    """Print what was done and what is wrong. Return whether nothing is."""
    log = server.log.read_text()
    if "Traceback" in log:
        tally.wrong(f"The server's log: {log[-2000:]}")
    say(", ".join(f"{step}: {number:,}" for step, number in sorted(tally.answers.items())))
    for wrong in tally.wrongs[:20]:
        say(f"WRONG: {wrong}")
    say(f"{len(tally.wrongs)} wrong." if tally.wrongs else "Every word is in its own place.")
    return not tally.wrongs


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()

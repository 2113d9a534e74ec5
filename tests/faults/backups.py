"""
A backup is made while readers post, and brought back to an empty place: how long, who waited, what is in it.

The database is filled up to so many megabytes first.
"""

import re
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from blog.comments.models import Decision, ReaderComment, Revision
from cms import vault
from cms.keyring import guard
from home.contact import store
from home.contact.models import Attachment, ContactMessage, MessageRecipient
from tests.faults.posts import Post
from tests.faults.readers import Readers
from tests.faults.run import make_readers, say
from tests.own_database import empty_database
from tests.own_site import ROOT, WORKER, Process, WebServer, running
from tests.smtp_peer import SmtpPeer

MOST_SECONDS = 3.0  # for the backup beside its start, and for a post meanwhile
MOST_LOG = 32_000_000  # bytes of SQLite's write-ahead log
MEASURED = 100  # megabytes
BEFORE, AFTER = 24, 8  # posts
BALLAST, BATCH = 3200, 250  # characters of a message, messages
WITHIN = 120.0  # seconds


@dataclass(slots=True)
class Seen:
    seconds: float = 0.0
    whole: float = 0.0
    longest_post: float = 0.0
    largest_log: int = 0


def all_kept(folder: Path, peer: SmtpPeer, chosen: Namespace) -> bool:
    server, worker = WebServer(folder / "web.log"), Process(WORKER, folder / "worker.log")
    readers = make_readers([server], migrated=bool(chosen.template))
    guard.plant()
    fill(chosen.backup * 1_000_000)
    connections.close_all()
    file = folder / "site.backup"
    with running(server, worker), readers.posting():
        wait_until(lambda: len(readers.acknowledged) >= BEFORE)
        acknowledged = dict(readers.acknowledged)
        seen = back_up(file, folder, readers)
        wait_until(lambda: len(readers.acknowledged) >= len(acknowledged) + AFTER)
    wrongs = [
        *readers.refused,
        *too_much(seen, measured=chosen.backup >= MEASURED),
        *lost(file, folder, acknowledged),
    ]
    return told(seen, file, acknowledged, wrongs)


def fill(size: int) -> None:
    """Bring the database up to a size by messages that nobody sent, of words that hardly compress."""
    for _ in range(size // (int(BALLAST * 2.7) * BATCH)):
        ContactMessage.objects.bulk_create(ballast() for _ in range(BATCH))


def ballast() -> ContactMessage:
    words = token_hex(BALLAST // 2)
    return ContactMessage(
        page_title="",
        name="No one",
        sealed_address=vault.seal("no.one@example.org"),
        address_index=vault.index("no.one@example.org"),
        fields=[["Message", words]],
        words=words,
    )


def back_up(file: Path, folder: Path, readers: Readers) -> Seen:
    """Run the command as an owner does, beside the site."""
    seen = Seen()
    readers.longest = 0.0
    begun = time.monotonic()
    with watched(folder / "db.sqlite3-wal", seen):
        command = [sys.executable, "manage.py", "backup", str(file)]
        run = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    seen.whole = time.monotonic() - begun
    seen.seconds = float(re.search(r"in ([\d.]+) s", run.stdout)[1])
    seen.longest_post = readers.longest
    return seen


@contextmanager
def watched(log: Path, seen: Seen) -> Iterator[None]:
    """Look how large the log becomes."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            seen.largest_log = max(seen.largest_log, log.stat().st_size if log.exists() else 0)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def too_much(seen: Seen, *, measured: bool) -> Iterator[str]:
    """The clock counts where nothing else runs beside it: not in a test among others."""
    if measured and connection.vendor == "sqlite" and seen.seconds > MOST_SECONDS:
        yield f"the backup took {seen.seconds:.2f} s"
    if measured and seen.longest_post > MOST_SECONDS:
        yield f"a post took {seen.longest_post:.2f} s"
    if seen.largest_log > MOST_LOG:
        yield f"the write-ahead log grew to {seen.largest_log:,} bytes"


def lost(file: Path, folder: Path, acknowledged: dict[int, int | None]) -> list[str]:
    """Restore it elsewhere and return what is missing, or half there."""
    there = folder / "restored"
    there.mkdir()
    files = override_settings(DATA_DIR=there, MEDIA_ROOT=str(there / "media"))
    with files, empty_database(there):
        call_command("restore", str(file), stdout=sys.stdout)
        found = [*missing(acknowledged), *torn()]
        connection.close()
    return found


def missing(acknowledged: dict[int, int | None]) -> Iterator[str]:
    comments = dict(ReaderComment.objects.values_list("comment", "pk"))
    said = {fields[-1][1] for fields in ContactMessage.objects.values_list("fields", flat=True)}
    for number, pk in acknowledged.items():
        words = Post(number).words
        if (words not in said) if Post(number).is_message else comments.get(words) != pk:
            yield f"post {number} was acknowledged before the backup and is not in it"


def torn() -> Iterator[str]:
    """Everything that one transaction wrote is there together, and every file a row names is whole."""
    comments = set(ReaderComment.objects.values_list("pk", flat=True))
    for model in (Decision, Revision):
        if comments != set(model.objects.values_list("comment_id", flat=True)):
            yield f"comments and {model._meta.verbose_name_plural} differ"
    posted = ContactMessage.objects.exclude(name="No one")
    if set(posted.values_list("pk", flat=True)) != set(
        MessageRecipient.objects.values_list("message", flat=True)
    ):
        yield "messages and their recipients differ"
    for attachment in Attachment.objects.select_related("message"):
        number = int(attachment.message.fields[-1][1].rpartition(" ")[2])
        if store.read(attachment.stored_as) not in Post(number).files:
            yield f"a file of post {number} is missing or not whole"
    if wrong := guard.complaint():
        yield wrong


def told(seen: Seen, file: Path, acknowledged: dict[int, int | None], wrongs: list[str]) -> bool:
    connections.close_all()
    size, log = file.stat().st_size / 1_000_000, seen.largest_log / 1_000_000
    say(f"{size:.0f} MB in {seen.seconds:.2f} s, {seen.whole:.2f} s with its start.")
    say(f"Longest answer meanwhile {seen.longest_post:.2f} s, largest write-ahead log {log:.1f} MB.")
    say(f"{len(acknowledged)} posts acknowledged before.")
    for wrong in wrongs:
        say(f"WRONG: {wrong}")
    say(
        "Something is missing or took too long."
        if wrongs
        else "Everything acknowledged before is in it, whole."
    )
    return not wrongs


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, "nothing more was acknowledged"
        time.sleep(0.02)

"""Makes a small site, lets readers post to it, and kills its processes meanwhile."""

import random
import sys
import time
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from cms.outbox.models import Delivery, State
from home.contact.site_settings import MessageSettings
from tests.factories import ContactPageFactory, PostFactory, UserFactory
from tests.faults import proof
from tests.faults.fleet import Fleet
from tests.faults.readers import Readers
from tests.own_site import WORKER, Process, WebServer, running
from tests.smtp_peer import SmtpPeer

DRAINED_WITHIN = 900.0  # seconds: the same 15 minutes after which a site calls its mail late
TOLD_EVERY = 50  # rounds
HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # compressing them takes long


def all_kept(folder: Path, peer: SmtpPeer, chosen: Namespace) -> bool:
    say(f"{chosen.rounds} rounds, seed {chosen.seed}")
    fleet = Fleet(folder, random.Random(chosen.seed))
    readers = make_readers(fleet.servers, migrated=bool(chosen.template))
    try:
        fleet.start()
        with readers.posting():
            for number in range(1, chosen.rounds + 1):
                fleet.round()
                if number % TOLD_EVERY == 0:
                    say(f"{number} rounds, {len(readers.acknowledged):,} posts acknowledged")
    finally:
        readers.over.set()
        fleet.stop()
    drain(folder)
    return _told(readers, fleet, peer)


def make_readers(servers: list[WebServer], *, migrated: bool) -> Readers:
    if not migrated:
        call_command("migrate", verbosity=0)
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}):
        call_command("collectstatic", interactive=False, verbosity=0)
    post, contact = PostFactory(slug="killed"), ContactPageFactory()
    MessageSettings.objects.create(site=contact.get_site(), take_files=True)
    UserFactory(username="moderator", group="Comment moderators")
    comments = f"/api/v1/posts/{post.pk}/comments/"
    pages = ["/", "/blog/", "/blog/feed/", post.url, contact.url, comments]
    return Readers(servers, comments, f"/api/v1/contact/{contact.pk}/", contact.url, pages)


def drain(folder: Path) -> None:
    """Deliver what is left, once nobody holds a lease any more."""
    proof.let_leases_end()
    worker = Process(WORKER, folder / "last.log")
    with running(worker):
        deadline = time.monotonic() + DRAINED_WITHIN
        while Delivery.objects.filter(state=State.WAITING).exists() and time.monotonic() < deadline:
            worker.require_alive()
            time.sleep(0.1)


def _told(readers: Readers, fleet: Fleet, peer: SmtpPeer) -> bool:
    """Print what was done and what is wrong. Return whether nothing is."""
    orphans = proof.files_without_a_row()
    wrongs = proof.wrongs(readers, peer, fleet.killed["worker"])
    connections.close_all()
    say(
        f"Killed: {fleet.killed['web']} web servers, {fleet.killed['worker']} workers. "
        f"Acknowledged: {len(readers.acknowledged):,} posts, {readers.repeats} repeated. "
        f"Mails: {len(peer.mails):,}. Files without a message, swept: {orphans}."
    )
    for wrong in wrongs:
        say(f"WRONG: {wrong}")
    say("Something was lost, doubled or stuck." if wrongs else "Everything accepted is there, once.")
    return not wrongs


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()

"""
What a site leans on goes away, one after the other, while readers post: cache, disk, database, worker.

On a database server that others use connections are torn away; one of our own crashes, and its disk is full.
"""

import resource
import shutil
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from cms.outbox.models import Delivery, State
from tests.faults import proof
from tests.faults.cluster import Cluster
from tests.faults.readers import Readers
from tests.faults.run import drain, make_readers, say
from tests.own_site import WORKER, Process, WebServer, processes_of, running
from tests.smtp_peer import SmtpPeer

REDIS = "redis-server"
WITHIN = 60.0  # seconds
BLOWS = 12
BETWEEN_BLOWS = 0.25  # seconds
AWAY_FOR = (1, 5, 100)  # seconds
BACK_WITHIN = 15.0  # seconds
FULL_FOR = 10.0  # seconds
NO_BYTE_MORE = 1


@dataclass(slots=True)
class Site:
    server: WebServer
    worker: Process
    peer: SmtpPeer
    readers: Readers
    cluster: Cluster | None = None
    redis: Process | None = None
    workers_killed: int = 0

    def goes_on(self, posts: int = 8) -> None:
        """Wait until so many more posts are acknowledged and so many more mails are taken."""
        acknowledged, mails = len(self.readers.acknowledged), len(self.peer.mails)
        wait_until(lambda: len(self.readers.acknowledged) >= acknowledged + posts)
        wait_until(lambda: len(self.peer.mails) > mails)


def all_kept(folder: Path, peer: SmtpPeer, chosen: Namespace) -> bool:
    cluster: Cluster | None = chosen.cluster
    server, worker = WebServer(folder / "web.log"), Process(WORKER, folder / "worker.log")
    site = Site(server, worker, peer, make_readers([server], migrated=bool(chosen.template)), cluster)
    connections.close_all()  # ours would be torn as well
    site.readers.told_to_wait_is_no_fault = True
    with ExitStack() as until_the_end:
        site.redis = until_the_end.enter_context(_redis(folder))
        until_the_end.enter_context(running(server, worker))
        with site.readers.posting():
            site.goes_on()
            for outage in outages(cluster):
                waited = site.readers.waits
                outage(site)
                site.goes_on()
                server.require_alive()
                worker.require_alive()
                say(f"{outage.__doc__} 503: {site.readers.waits - waited}. Well again by itself.")
    drain(folder)
    return _told(site)


def outages(cluster: Cluster | None) -> Iterator[Callable[[Site], None]]:
    if cluster:
        yield server_crashes
        if cluster.own_disk:
            yield servers_disk_is_full
        else:
            say("PostgreSQL's disk is not filled: to give it a small one takes root and mount.")
        return
    if shutil.which(REDIS):
        yield cache_is_killed
    yield database_is_torn_away if connection.vendor == "postgresql" else disk_is_full
    yield worker_dies_with_a_mail_in_hand


def cache_is_killed(site: Site) -> None:
    """Redis was killed, and came back later."""
    waited = site.readers.waits
    site.redis.kill()
    site.goes_on()
    assert site.readers.waits == waited, "without its cache the site answered 503"
    site.redis.start()


def disk_is_full(site: Site) -> None:
    """The disk of web server and worker took no byte more, and had room again later."""
    with _no_byte_more(site.server, site.worker):
        waited = site.readers.waits
        wait_until(lambda: site.readers.waits >= waited + BLOWS)


def database_is_torn_away(site: Site) -> None:
    """Every connection to PostgreSQL was torn away, twelve times in three seconds."""
    for _ in range(BLOWS):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(BETWEEN_BLOWS)


def server_crashes(site: Site) -> None:
    """PostgreSQL crashed in the middle of requests, and was started again 1 s, then 5 s, then 100 s later."""
    for seconds in AWAY_FOR:
        site.cluster.crash()
        time.sleep(seconds)
        site.cluster.start()
        begun = time.monotonic()
        site.goes_on()
        recovered = time.monotonic() - begun
        say(f"Away for {seconds} s; eight posts and a mail {recovered:.1f} s after its return.")
        assert recovered < BACK_WITHIN


def servers_disk_is_full(site: Site) -> None:
    """The disk of PostgreSQL was full to the last byte for ten seconds and more, and had room again later."""
    waited, begun = site.readers.waits, time.monotonic()
    with site.cluster.no_room():
        wait_until(lambda: site.readers.waits >= waited + BLOWS and time.monotonic() > begun + FULL_FOR)
        ended = not site.cluster.runs
    if not site.cluster.runs:
        site.cluster.start()
    say(f"On the full disk PostgreSQL {'ended itself and was started again' if ended else 'went on'}.")


def worker_dies_with_a_mail_in_hand(site: Site) -> None:
    """The worker was killed between a mail's last byte and the server's answer."""
    dead = threading.Event()

    def kill(mail: EmailMessage) -> None:
        site.peer.after_data = lambda mail: None
        site.worker.kill()
        dead.set()

    site.peer.after_data = kill
    assert dead.wait(WITHIN)
    site.workers_killed += 1
    site.worker.start()


def wait_until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not met():
        assert time.monotonic() < deadline, "the site did not recover"
        time.sleep(0.05)


@contextmanager
def _no_byte_more(*victims: Process) -> Iterator[None]:
    """Forbid processes to make any file longer: SQLite meets that as it meets a full disk."""
    pids = [pid for victim in victims for pid in processes_of(victim.running.pid)]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_BYTE_MORE, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def _redis(folder: Path) -> Iterator[Process | None]:
    """Run the cache that REDIS_URL names, where this machine has one."""
    if not shutil.which(REDIS):
        say(f"No {REDIS} here: the cache is away all the time.")
        yield None
        return
    port = settings.REDIS_URL.rpartition(":")[2].partition("/")[0]
    redis = Process([REDIS, "--port", port, "--save", "", "--dir", str(folder)], folder / "redis.log")
    with running(redis):
        yield redis


def _told(site: Site) -> bool:
    """Print what is wrong. Return whether nothing is."""
    wrongs = proof.wrongs(site.readers, site.peer, site.workers_killed)
    repeated = len(site.peer.mails) - len(set(site.peer.message_ids))
    unsent = Delivery.objects.exclude(state=State.SENT).count()
    connections.close_all()
    say(
        f"Acknowledged: {len(site.readers.acknowledged):,} posts, {site.readers.waits} answers of 503. "
        f"Mails: {len(site.peer.mails):,}, {repeated} of them twice, {unsent} not sent."
    )
    for wrong in wrongs:
        sys.stdout.write(f"WRONG: {wrong}\n")
    say("Something was lost, doubled or stuck." if wrongs else "Everything accepted is there, once.")
    return not wrongs

"""
`make faults`: is anything lost that was accepted, when processes are killed again and again?

    fleet      two web servers and two workers, killed and started again
    posts      what they send: comments, messages, messages with files
    readers    clients that post, and repeat what was not acknowledged
    proof      what must be in the database and in the mail server's hands at the end
    run        a site, its fleet and its readers; so many rounds; the proof
    outages    cache, disk or database go away, and a worker dies with a mail in its hands; the same proof
    cluster    a PostgreSQL server of our own, for outages that nobody else shall feel
    backups    a backup under load, brought back and counted

`python -m tests.faults --rounds 1000 --seed 7`; no rounds are the outages alone, with `--own-server` those of
PostgreSQL; `--backup 120` backs up a database of so many megabytes. The exit code is 1 when anything is lost,
doubled or stuck.
"""

import os
import secrets
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from tests.faults.cluster import NoServerError, own_cluster
from tests.own_site import place
from tests.smtp_peer import SmtpPeer, free_port


def main(chosen: Namespace) -> int:
    with ExitStack() as until_the_end:
        peer = until_the_end.enter_context(SmtpPeer())
        try:
            chosen.cluster = until_the_end.enter_context(own_cluster()) if chosen.own_server else None
        except NoServerError as reason:
            sys.stdout.write(f"PostgreSQL was not crashed: {reason}.\n")
            return 0
        folder = until_the_end.enter_context(site_for(chosen, peer))
        django.setup()
        from tests.faults import backups, outages, run  # noqa: PLC0415 -- models come once Django is set up

        part = backups if chosen.backup else run if chosen.rounds else outages
        return 0 if part.all_kept(folder, peer, chosen) else 1


@contextmanager
def site_for(chosen: Namespace, peer: SmtpPeer) -> Iterator[Path]:
    """A server of our own holds one database, and needs none beside those of a site."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "cms.settings.base",
        "STAFF_MAILS_AN_HOUR": "100000",  # each is to be seen by itself
        "EMAIL_URL": f"smtp://{peer.host}:{peer.port}",
        "TRUSTED_PROXIES": "127.0.0.1/32",
        **({} if chosen.rounds or chosen.backup else {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}),
    }
    if chosen.cluster:
        os.environ.pop("DATABASE_URL", None)
    with place("faults", template=chosen.template, **variables) as folder:
        if chosen.cluster:
            os.environ["DATABASE_URL"] = chosen.cluster.url
        yield folder


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.faults", description="Kill processes under load.")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="Of the moments of death.")
    parser.add_argument("--template", default="", help="A migrated database: a file of SQLite, or a name.")
    parser.add_argument("--backup", type=int, default=0, help="Back up a database of so many megabytes.")
    parser.add_argument("--own-server", action="store_true", help="Crash a PostgreSQL server of our own.")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))

"""Makes the site, starts its processes, lets the attackers at it, and tells what became of each."""

import sys
import time
from argparse import Namespace
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from tests.attack.outcome import Attack, NothingShownError, Outcome, Told, as_markdown, judged, tell
from tests.attack.victim import Victim, furnish, write_to_staff
from tests.own_site import FAULT, WORKER, Process, WebServer, running
from tests.smtp_peer import SmtpPeer

OF_THE_WHOLE = "Answers of 500 and traces in the log, in all of this"
HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # compressing them takes long


class Attacked(WebServer):
    """A server whose faults are a row of the table, and end no run."""

    def require_no_fault(self) -> None:
        """Say nothing; ``_faults`` does."""


def all_held(folder: Path, peer: SmtpPeer, chosen: Namespace) -> bool:
    begun = time.monotonic()
    until = begun + 60 * chosen.minutes
    call_command("migrate", verbosity=0)
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}):
        call_command("collectstatic", interactive=False, verbosity=0)
    server = Attacked(folder / "web.log")
    victim = furnish(server, peer, folder)
    connections.close_all()
    with running(server, Process(WORKER, folder / "worker.log")):
        write_to_staff(victim)
        rows = [row for theme in chosen.themes for row in _attacked(theme, victim, until)]
        rows.append(_faults(server, sum(row.outcome.tries for row in rows)))
        connections.close_all()
    if chosen.markdown:
        sys.stdout.write(as_markdown(rows))
    lost = [row.name for row in rows if not row.outcome.held]
    tries = rows[-1].outcome.tries
    minutes = (time.monotonic() - begun) / 60
    sys.stdout.write(f"{len(rows) - 1} attacks, {tries:,} tries, {minutes:.1f} minutes. ")
    sys.stdout.write(f"NOT WITHSTOOD: {', '.join(lost)}.\n" if lost else "All were withstood.\n")
    return not lost


def _faults(server: WebServer, tries: int) -> Told:
    lines = server.log.read_text(errors="replace").splitlines()
    faults = [line for line in lines if FAULT in line or "Traceback" in line]
    row = Told("all", OF_THE_WHOLE, judged(tries, "none", faults))
    tell(row)
    return row


def _attacked(theme: str, victim: Victim, until: float) -> list[Told]:
    rows = []
    for attack in import_module(f"tests.attack.{theme}").ATTACKS:
        victim.forget_ended_sessions()
        row = Told(theme, name_of(attack), outcome_of(attack, victim, until))
        tell(row)
        rows.append(row)
    return rows


def outcome_of(attack: Attack, victim: Victim, until: float) -> Outcome:
    if time.monotonic() > until:
        return Outcome(0, "not tried: the time was over", held=False)
    try:
        return attack(victim)
    except NothingShownError as error:
        return Outcome(0, f"nothing is shown: {error}"[:300], held=False)
    except Exception as error:  # noqa: BLE001 -- an attack that breaks has shown nothing, and must not hide the others
        return Outcome(0, f"the attack broke: {type(error).__name__}: {error}"[:300], held=False)


def name_of(attack: Attack) -> str:
    return attack.__doc__.strip().splitlines()[0].rstrip(".")

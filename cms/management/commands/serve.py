"""`make run`: from an empty directory to a site that is served and a worker that delivers."""

import http.client
import signal
import socket
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from cms import checks
from cms.keyring import guard
from cms.management import static_files, web_server
from cms.management.children import Children
from cms.search import upkeep
from cms.settings import environment
from cms.storage import private_files, site_lock

ANSWERS_WITHIN = 60.0  # seconds


class Command(BaseCommand):
    help = "Prepare the database, the demo site and the static files; then run the web server and the worker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on (127.0.0.1).")
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty database empty.")
        parser.add_argument("--no-worker", action="store_true", help="`manage.py deliver` runs elsewhere.")

    def handle(self, *, host: str, no_demo: bool, no_worker: bool, **options: object) -> None:
        with site_lock.in_use():
            self.serve(host, with_demo=not no_demo, with_worker=not no_worker)

    def serve(self, host: str, *, with_demo: bool, with_worker: bool) -> None:
        refuse_a_busy_port(host)
        children = Children()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, children.ask_to_stop)
        # in a process of its own: the memory it takes goes with it, and this one never holds a connection
        children.finish("preparation", prepare, with_demo)
        static_files.read_manifest()
        web_server.load()
        children.start("web server", web_server.serve, host)
        if with_worker:
            children.start("worker", call_command, "deliver")
        if children.wait_until(lambda: answers(host), ANSWERS_WITHIN):
            say(f"Serving {settings.SITE_URL}/ (admin: {settings.SITE_URL}/admin/). Ctrl-C stops.")
        if failure := children.wait():
            raise CommandError(failure) from None


def prepare(with_demo: bool) -> None:
    """Bring the database up to date, fill an empty one, and collect the static files."""
    private_files.close_directories()
    refuse_a_lost_database()
    refuse_foreign_keys()
    say("Preparing the database …")
    call_command("migrate", interactive=False, verbosity=0)
    refuse_foreign_keys()
    guard.plant()
    if not upkeep.is_current():
        say("Rebuilding the search index …")
        upkeep.rebuild()
    if with_demo and is_empty():
        call_command("load_demo")
    if static_files.outdated():
        say("Collecting static files …")
        static_files.collect()
    for warning in checks.warnings_at_start():
        say(f"Warning: {warning}")


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def refuse_a_busy_port(host: str) -> None:
    port = settings.PORT
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"Cannot listen on {host}, port {port}: {error.strerror}. Set PORT to use another."
            raise CommandError(reason) from None


def refuse_a_lost_database() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used: {' '.join(str(error).split())}") from None


def refuse_foreign_keys() -> None:
    """Stop where the addresses cannot be read; a key that was made for nothing does not stay."""
    if wrong := guard.complaint():
        environment.forget_what_was_made()
        raise CommandError(wrong)


def is_empty() -> bool:
    """Say whether there are no users yet: the site has not been set up."""
    return not get_user_model().objects.exists()


def answers(host: str) -> bool:
    """Say whether the server answers at all, whatever it answers."""
    door = http.client.HTTPConnection(host, settings.PORT, timeout=2)
    try:
        door.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        return door.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        door.close()

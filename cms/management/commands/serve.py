"""`make run`: from an empty directory to a site that is served and a worker that delivers."""

import http.client
import os
import signal
import socket
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from cms.management import static_files
from cms.management.children import Children

ANSWERS_WITHIN = 60.0  # seconds
THREADS = 2 * (os.cpu_count() or 1) + 1  # all cores busy while some wait for the database


class Command(BaseCommand):
    help = "Prepare the database, the demo site and the static files; then run the web server and the worker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on (127.0.0.1).")
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty database empty.")
        parser.add_argument("--no-worker", action="store_true", help="`manage.py deliver` runs elsewhere.")

    def handle(self, *, host: str, no_demo: bool, no_worker: bool, **options: object) -> None:
        refuse_a_busy_port(host)
        refuse_a_lost_database()
        self.say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        if not no_demo and is_empty():
            call_command("load_demo", stdout=self.stdout)
        if static_files.outdated():
            self.say("Collecting static files …")
            static_files.collect()
        self.run(host, with_worker=not no_worker)

    def run(self, host: str, *, with_worker: bool) -> None:
        children = Children()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, children.ask_to_stop)
        children.start("web server", web_server(host))
        if with_worker:
            children.start("worker", [sys.executable, "manage.py", "deliver"])
        if children.wait_until(lambda: answers(host), ANSWERS_WITHIN):
            self.say(f"Serving {settings.SITE_URL}/ (admin: {settings.SITE_URL}/admin/). Ctrl-C stops.")
        failure = children.wait()
        if failure:
            raise CommandError(failure) from None

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def refuse_a_busy_port(host: str) -> None:
    port = settings.PORT
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"Cannot listen on {host}, port {port}: {error.strerror}. PORT chooses another."
            raise CommandError(reason) from None


def refuse_a_lost_database() -> None:
    """Ask once and past the connection pool, which would try again and again."""
    probe = connection.copy()
    probe.settings_dict["OPTIONS"].pop("pool", None)
    try:
        probe.ensure_connection()
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used: {' '.join(str(error).split())}") from None
    finally:
        probe.close()


def is_empty() -> bool:
    """Nobody can log in yet: no one has set this site up."""
    return not get_user_model().objects.exists()


def web_server(host: str) -> list[str]:
    server = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(settings.PORT),
    ]
    threads = ["--workers", "1", "--blocking-threads", str(THREADS), "--workers-kill-timeout", "10"]
    quiet = ["--log-level", "warning", "--no-ws"]
    return [*server, *threads, *quiet, "cms.wsgi:application"]


def answers(host: str) -> bool:
    """Whether the server answers at all; what it answers is no matter here."""
    door = http.client.HTTPConnection(host, settings.PORT, timeout=2)
    try:
        door.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        return door.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        door.close()

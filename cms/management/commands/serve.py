"""`make run`: from an empty directory to a site that is served and a worker that delivers."""

import http.client
import signal
import socket
from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cms.management import preparation, questions, static_files, web_server
from cms.management.children import Children
from cms.management.preparation import say
from cms.progress import doing
from cms.storage import site_lock
from home.starting import FirstLogIn

ANSWERS_WITHIN = 60.0  # seconds
ASK = "ask"


class Command(BaseCommand):
    help = "Prepare the database, the demo site and the static files; then run the web server and the worker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on (127.0.0.1).")
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument("--demo", action="store_true", help="Fill a new site with the demo clinic.")
        demo.add_argument("--no-demo", action="store_true", help="Begin a new site with empty pages.")
        parser.add_argument("--no-worker", action="store_true", help="`manage.py deliver` runs elsewhere.")

    def handle(self, *, host: str, demo: bool, no_demo: bool, no_worker: bool, **options: object) -> None:
        with site_lock.in_use():
            self.serve(host, wish=not no_demo if demo or no_demo else None, with_worker=not no_worker)

    def serve(self, host: str, *, wish: bool | None, with_worker: bool) -> None:
        refuse_a_busy_port(host)
        with_demo, first = ask(wish)
        children = Children()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, children.ask_to_stop)
        # in a process of its own: the memory it takes goes with it, and this one never holds a connection
        children.finish("preparation", preparation.prepare, with_demo, first)
        with doing("Loading the site", say):
            static_files.read_manifest()
            web_server.load()
        children.start("web server", web_server.serve, host)
        if with_worker:
            children.start("worker", call_command, "deliver")
        say("Starting the web server …")
        if children.wait_until(lambda: answers(host), ANSWERS_WITHIN):
            say(f"Serving {settings.SITE_URL}/ (admin: {settings.SITE_URL}/admin/). Ctrl-C stops.")
        if failure := children.wait():
            raise CommandError(failure) from None


def decide(wish: bool | None) -> tuple[bool, FirstLogIn | None]:
    """
    Return whether a new site is the demo, and who logs in first where it is not.

    The command line decides, else DEMO, else somebody at a terminal, who is asked once; else it is the demo.
    """
    if wish is not None:
        return wish, None
    if settings.DEMO != ASK:
        return settings.DEMO == "on", None
    if not questions.is_at_a_terminal() or not questions.is_undecided() or questions.wants_demo():
        return True, None
    return False, questions.ask_for_log_in()


def ask(wish: bool | None) -> tuple[bool, FirstLogIn | None]:
    try:
        return decide(wish)
    except EOFError:
        raise CommandError("Nothing was answered. Use --demo or --no-demo.") from None


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

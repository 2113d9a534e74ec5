import secrets
from argparse import ArgumentParser
from dataclasses import fields

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cms.management import preparation, questions
from home import starting
from home.starting import Basics, FirstLogIn, NotNewError

NOT_NEW = (
    "This site has log-ins already: first_site begins a new one. `remove_demo` removes the demo, and"
    " `createsuperuser` makes another administrator."
)


class Command(BaseCommand):
    help = (
        "Begin a new site without a browser: its database, first pages, name and administrator. The password"
        " is ADMIN_PASSWORD, or asked for at a terminal, or drawn at random and printed once."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="Name of the site, as every page says it.")
        parser.add_argument("--admin", required=True, help="Log-in of the first administrator.")
        parser.add_argument("--email", default="", help="Their address, for a forgotten password.")
        parser.add_argument("--tagline", default="", help="What the site is, in a few words.")
        parser.add_argument("--language", default="", help="A code that Django knows, such as pt-br.")
        parser.add_argument("--time-zone", default="", help="A name such as Europe/Lisbon.")

    def handle(self, *, admin: str, email: str, **options: str) -> None:
        preparation.bring_up_to_date()
        if starting.has_log_in():
            raise CommandError(NOT_NEW)
        password, is_drawn = choose_password(admin)
        try:
            basics = Basics(**{each.name: options[each.name] for each in fields(Basics)})
            starting.set_up(basics, FirstLogIn(admin, password, email))
        except NotNewError:
            raise CommandError(NOT_NEW) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(
            f"The site is ready. Log in at {settings.SITE_URL}{settings.ADMIN_PATH} as {admin}."
        )
        if is_drawn:
            self.stdout.write(f"Password: {password}")


def choose_password(username: str) -> tuple[str, bool]:
    """Return a password, and whether it was drawn at random."""
    if settings.ADMIN_PASSWORD:
        return settings.ADMIN_PASSWORD, False
    if questions.is_at_a_terminal():
        return questions.ask_for_password(username), False
    return secrets.token_urlsafe(12), True

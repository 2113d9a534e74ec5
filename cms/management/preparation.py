"""From an empty directory to a site that can be served, with a word every few seconds about what is done."""

import sys

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from cms import checks
from cms.brand import pictures
from cms.keyring import guard
from cms.management import static_files
from cms.progress import doing
from cms.search import upkeep
from cms.settings import environment
from cms.storage import private_files
from home import starting
from home.starting import FirstLogIn

NOBODY = (
    "Nobody can log in yet. Make the first administrator:"
    " manage.py first_site --name 'Name of the site' --admin log-in"
)


def prepare(with_demo: bool, first: FirstLogIn | None = None) -> None:
    """Bring the database up to date, begin a new site, and collect the static files."""
    bring_up_to_date()
    if starting.is_untouched():
        begin(with_demo, first)
    if not starting.has_log_in():
        say(NOBODY)
    if static_files.outdated():
        with doing("Collecting static files", say, look=static_files.number_written):
            static_files.collect()
    for warning in checks.warnings_at_start():
        say(f"Warning: {warning}")


def bring_up_to_date() -> None:
    """Raises CommandError where the database or the keys are not the site's."""
    private_files.close_directories()
    refuse_a_lost_database()
    refuse_foreign_keys()
    with doing("Preparing the database", say) as step:
        call_command("migrate", interactive=False, verbosity=0, tell=step.at)
    refuse_foreign_keys()
    guard.plant()
    if not upkeep.is_current():
        with doing("Rebuilding the search index", say):
            upkeep.rebuild()
    draw_icons()


def begin(with_demo: bool, first: FirstLogIn | None) -> None:
    """Fill a site of which nobody has decided anything yet."""
    if with_demo:
        call_command("load_demo")
        return
    with doing("Making the first pages", say):
        starting.start()
        if first:
            starting.make_administrator(first)


def draw_icons() -> None:
    """Draw what is missing, so that no page names an icon that is not there. A failure stops no start."""
    try:
        pictures.draw_due()
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- the worker tries again
        say(f"Warning: The icons of the site could not be drawn: {type(error).__name__}.")


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


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

"""What is asked once, at the first start, of somebody who sits at a terminal."""

import sys
from getpass import getpass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections

from home import starting
from home.starting import FirstLogIn

DEMO = "Fill the site with the demo clinic? [Y/n] "
LONGEST_NAME = 150  # characters
LOG_IN = "Your log-in, for the administrator (admin): "


def is_at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def is_undecided() -> bool:
    """Say whether the site is new, and close the connection again: this process is going to fork."""
    try:
        known = get_user_model()._meta.db_table in connection.introspection.table_names()
        return not known or starting.is_untouched()
    except DatabaseError:  # the preparation says what is wrong
        return False
    finally:
        connections.close_all()


def wants_demo() -> bool:
    return not input(DEMO).strip().lower().startswith("n")


def ask_for_log_in() -> FirstLogIn:
    username = input(LOG_IN).strip()[:LONGEST_NAME] or "admin"
    preset = settings.ADMIN_PASSWORD
    good = preset and not complaint(preset, username)
    return FirstLogIn(username, preset if good else ask_for_password(username))


def ask_for_password(username: str) -> str:
    """Ask until it is a good one, typed twice."""
    while True:
        password = getpass("Password: ")
        wrong = complaint(password, username)
        if not wrong and getpass("The same again: ") == password:
            return password
        sys.stdout.write(f"{wrong or 'The two are not the same.'}\n")


def complaint(password: str, username: str) -> str:
    """Say why a log-in is refused; empty for a good one."""
    user = get_user_model()(username=username)
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""

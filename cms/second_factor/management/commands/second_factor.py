from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from cms.second_factor import actions, people


class Command(BaseCommand):
    help = "List administrators without a second factor, or reset one that was lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="List administrators who sign in with their password alone.")
        reset = verbs.add_parser("reset", help="Remove every factor, session and token of a user.")
        reset.add_argument("username")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "reset":
            self.reset(options["username"])
            return
        for user in people.administrators_without().order_by("pk"):
            self.stdout.write(f"{user.get_username()} has no second factor.")

    def reset(self, username: str) -> None:
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user named {username}.")
        actions.reset(user, by=None)
        self.stdout.write(f"{username} now logs in with the password alone.")

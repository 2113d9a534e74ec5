import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from getpass import getpass
from itertools import groupby

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from home.demo import plan as plans
from home.demo import removal
from home.demo.plan import Item, Plan
from home.demo.removal import OwnLogIn, Removal

SURE = "Type 'remove' to continue: "
KEEP = (
    "The demo's “{name}” is the only administrator. Make one of your own first, or keep it with --keep-admin."
)


class Command(BaseCommand):
    help = (
        "Remove the demo clinic, except what somebody has changed or made their own. Shows what goes and what"
        " stays, asks, and makes a backup in DATA_DIR/backups first: `restore` undoes it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", action="store_true", help="Only show what would go.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")
        parser.add_argument(
            "--keep-admin",
            action="store_true",
            help="Where `admin` of the demo is the only administrator: keep it, with a new password, which is"
            " ADMIN_PASSWORD, or asked for.",
        )
        parser.add_argument("--email", default="", help="With --keep-admin: your address.")
        parser.add_argument(
            "--with-comments",
            action="store_true",
            help="Also remove pages that real people have commented on, with those comments.",
        )
        parser.add_argument("--no-backup", action="store_true", help="Make none: you have one of your own.")

    def handle(
        self,
        *,
        plan: bool,
        yes: bool,
        keep_admin: bool,
        email: str,
        with_comments: bool,
        no_backup: bool,
        **options: object,
    ) -> None:
        found = plans.make()
        if with_comments:
            found = plans.make(comments_of_others=found.comments_of_others)
        self.stdout.write("\n".join(lines(found)))
        if plan:
            return
        own = own_log_in(found, keep_admin, email)
        if not yes and not found.is_empty and input(SURE) != "remove":
            raise CommandError("Nothing was removed.")
        comments = found.comments_of_others if with_comments else 0
        self.stdout.write("\n".join(done(remove(own, comments, backup=not no_backup))))


def remove(own: OwnLogIn | None, comments_of_others: int, *, backup: bool) -> Removal:
    try:
        return removal.remove(own=own, comments_of_others=comments_of_others, backup=backup)
    except removal.RefusedError as error:
        raise CommandError(str(error)) from None
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None


def own_log_in(plan: Plan, keep_admin: bool, email: str) -> OwnLogIn | None:
    """Return the new password of an administrator who stays, and their address."""
    if plan.kept_account is None:
        return None
    if not keep_admin:
        raise CommandError(KEEP.format(name=plan.kept_account.get_username()))
    password = settings.ADMIN_PASSWORD or (getpass("New password: ") if sys.stdin.isatty() else "")
    if not password:
        raise CommandError("Set ADMIN_PASSWORD to the new password of the administrator who stays.")
    return OwnLogIn(password, email)


def lines(plan: Plan) -> Iterator[str]:
    """Yield what goes and what stays."""
    if plan.is_empty:
        yield "There is nothing of the demo on this site."
        return
    yield "This goes:"
    for kind, items in groupby(plan.going, key=lambda item: item.kind):
        yield f"  {kind}: {'; '.join(map(named, items))}"
    yield f"  comments: {plan.comments}; messages: {plan.messages}"
    if plan.staying:
        yield "This stays:"
        yield from (f"  {item.kind}: {item.name}. {item.reason}" for item in plan.staying)
    if plan.comments_of_others:
        yield f"Comments of real people on pages of the demo: {plan.comments_of_others} (--with-comments)"


def named(item: Item) -> str:
    return f"{item.name} (starts over)" if item.starts_over else item.name


def done(removal: Removal) -> Iterator[str]:
    yield "The demo is removed."
    if removal.turned_off:
        yield f"Log-ins that something else refers to are turned off: {', '.join(removal.turned_off)}."
    if removal.backup:
        yield f"To undo it, stop the site and run: manage.py restore {removal.backup} --replace"

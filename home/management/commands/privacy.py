import os
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from home.privacy import export, person
from home.privacy.forms import address_field


class Command(BaseCommand):
    help = (
        "Export or erase all data under one email address: comments, subscriptions, messages, mail,"
        " invitations, log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="Write all stored data as JSON.")
        export.add_argument("address", metavar="ADDRESS")
        export.add_argument(
            "--output", metavar="FILE", help="Write the JSON here instead of standard output."
        )
        export.add_argument("--html", metavar="FILE", help="Also write the data as a readable page.")
        erase = verbs.add_parser("erase", help="Erase all stored data; replies by other people stay.")
        erase.add_argument("address", metavar="ADDRESS")
        erase.add_argument(
            "--keep-text", action="store_true", help="Keep the text of comments, without a name."
        )
        erase.add_argument("--noinput", "--no-input", action="store_false", dest="ask", help="Do not ask.")

    def handle(self, *, verb: str, address: str, **options: Any) -> None:
        address = checked(address)
        if verb == "export":
            self.export(address, options["output"], options["html"])
        else:
            self.erase(address, keep_text=options["keep_text"], ask=options["ask"])

    def export(self, address: str, output: str | None, html: str | None) -> None:
        data = person.export(address, by=None)
        if html:
            write(html, export.as_page(data))
        if output:
            write(output, export.as_json(data))
        else:
            self.stdout.write(export.as_json(data), ending="")

    def erase(self, address: str, *, keep_text: bool, ask: bool) -> None:
        if ask and not confirmed(person.counts(address, by=None)):
            raise CommandError("Nothing was erased.")
        counts = person.erase(address, by=None, keep_text=keep_text)
        self.stdout.write(f"Erased: {in_words(counts)}.")
        if person.staff_log_ins(address):
            self.stdout.write("A staff account has this address. It was not deleted: see Settings, Users.")


def checked(address: str) -> str:
    """Return the address. Raises CommandError, which does not repeat what was typed."""
    with override(None):  # commands speak English
        try:
            return address_field().clean(address)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None


def confirmed(counts: dict[str, int]) -> bool:
    try:
        return input(f"Stored: {in_words(counts)}. Erase it permanently? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False


def in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def write(path: str, text: str) -> None:
    """Write a file that only its owner can read."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None

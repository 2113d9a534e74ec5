import os
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from home.privacy import person, report
from home.privacy.forms import address_field


class Command(BaseCommand):
    help = (
        "Tell or erase what is kept under one e-mail address: comments, subscriptions, messages, mail, log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="Write all that is kept as JSON.")
        export.add_argument("address", metavar="ADDRESS")
        export.add_argument(
            "--output", metavar="FILE", help="Write the JSON here instead of standard output."
        )
        export.add_argument("--html", metavar="FILE", help="Write a page to read as well.")
        erase = verbs.add_parser("erase", help="Erase all that is kept; replies of others stay.")
        erase.add_argument("address", metavar="ADDRESS")
        erase.add_argument("--keep-text", action="store_true", help="Leave the words, said by nobody.")
        erase.add_argument("--noinput", "--no-input", action="store_false", dest="ask", help="Do not ask.")

    def handle(self, *, verb: str, address: str, **options: Any) -> None:
        address = checked(address)
        if verb == "export":
            self.export(address, options["output"], options["html"])
        else:
            self.erase(address, keep_text=options["keep_text"], ask=options["ask"])

    def export(self, address: str, output: str | None, html: str | None) -> None:
        found = person.export(address, by=None)
        if html:
            write(html, report.as_page(found))
        if output:
            write(output, report.as_json(found))
        else:
            self.stdout.write(report.as_json(found), ending="")

    def erase(self, address: str, *, keep_text: bool, ask: bool) -> None:
        if ask and not confirmed(person.counts(address)):
            raise CommandError("Nothing was erased.")
        counts = person.erase(address, by=None, keep_text=keep_text)
        self.stdout.write(f"Erased: {in_words(counts)}.")
        if person.staff_log_ins(address):
            self.stdout.write("A log-in of staff has this address. It was left alone: see Settings, Users.")


def checked(address: str) -> str:
    """Raises CommandError, which does not repeat what was typed."""
    try:
        return address_field().clean(address)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None


def confirmed(counts: dict[str, int]) -> bool:
    try:
        return input(f"Kept: {in_words(counts)}. Erase it for good? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False


def in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def write(path: str, text: str) -> None:
    """Write a file that nobody else on this machine can read."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None

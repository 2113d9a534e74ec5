from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.privacy import rotation

UNKNOWN = """\
{count} on that list cannot be moved, since only a keyed index is kept of them. They are found for as long
as the key they came under is in ADDRESS_KEYS. Keep the old key there, last, or they may be written to."""


class Command(BaseCommand):
    help = "Bring every stored address under the first of ADDRESS_KEYS, while the site runs. Safe to repeat."

    def handle(self, **options: Any) -> None:
        tallies, refusals = rotation.rotate()
        for table, tally in tallies.items():
            merged = f", {tally.merged} merged with a second row of the same address" if tally.merged else ""
            self.stdout.write(f"{table}: {tally.rotated} of {tally.rows} rotated{merged}")
        self.stdout.write(f"List of those who want no mail: {refusals.rotated} rotated")
        if refusals.unknown:
            self.stdout.write(UNKNOWN.format(count=refusals.unknown))
        if unreadable := sum(tally.unreadable for tally in tallies.values()):
            raise CommandError(f"{unreadable} addresses can be read with none of ADDRESS_KEYS.")
        self.stdout.write("Every address is under the key in use.")

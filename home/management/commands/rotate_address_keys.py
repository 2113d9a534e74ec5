from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.privacy import rotation

UNKNOWN = """\
{count} entries on that list cannot be rotated: only a keyed index of each is stored. They are recognised as
long as their key is in ADDRESS_KEYS. Keep the old key there, last, or these people may get mail again."""


class Command(BaseCommand):
    help = "Bring every stored address under the first of ADDRESS_KEYS, while the site runs. Safe to repeat."

    def handle(self, **options: Any) -> None:
        tallies, suppressed = rotation.rotate()
        for table, tally in tallies.items():
            merged = f", {tally.merged} merged with a second row of the same address" if tally.merged else ""
            self.stdout.write(f"{table}: {tally.rotated} of {tally.rows} rotated{merged}")
        self.stdout.write(f"Suppression list: {suppressed.rotated} rotated")
        if suppressed.unknown:
            self.stdout.write(UNKNOWN.format(count=suppressed.unknown))
        if unreadable := sum(tally.unreadable for tally in tallies.values()):
            raise CommandError(f"{unreadable} addresses cannot be read with any of ADDRESS_KEYS.")
        self.stdout.write("Every address is under the key in use.")

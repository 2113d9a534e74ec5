from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cms.backup import keys as key_file
from cms.backup import restoring
from cms.settings import environment
from cms.storage import site_lock

SURE = "Everything in this site's database, media and attachments is replaced. Type 'replace' to continue: "


class Command(BaseCommand):
    help = "Bring a file of `backup` back, into an empty DATA_DIR and database, while the site is stopped."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="A file that `backup` wrote.")
        parser.add_argument("--keys", type=Path, help="The file that `backup --keys` wrote.")
        parser.add_argument("--replace", action="store_true", help="Replace the site that is here. Asks.")
        parser.add_argument("--noinput", action="store_true", help="Do not ask.")

    def handle(
        self, *, file: Path, keys: Path | None, replace: bool, noinput: bool, **options: object
    ) -> None:
        try:
            self.restore(file.expanduser().absolute(), keys, replace, asks=replace and not noinput)
        except CommandError:
            environment.forget_what_was_made()
            raise

    def restore(self, file: Path, keys: Path | None, replace: bool, *, asks: bool) -> None:
        given = key_file.read(keys.expanduser()) if keys else {}
        with site_lock.alone(), site_lock.one_backup():
            manifest = restoring.look_at(file, given)
            restoring.refuse_full(replace)
            if asks and input(SURE) != "replace":
                raise CommandError("Nothing was changed.")
            restoring.bring_back(file, given)
        self.stdout.write(f"Restored the site of {manifest.made_at}. `manage.py serve` brings it up to date.")
        if restoring.other_secret(manifest, given):
            self.stderr.write("SECRET_KEY is another one than in the backup: everyone has to log in again.")

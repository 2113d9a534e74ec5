import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from cms.backup import keys as key_file
from cms.backup import making
from cms.keyring import guard

APART = (
    "Without the keys no address in it can be read, and they are not in it. Keep SECRET_KEY and ADDRESS_KEYS"
    " (or DATA_DIR/secrets/) in another place; --keys writes them to a file."
)


class Command(BaseCommand):
    help = "Write database, media and attachments to one file, while the site runs. The keys are not in it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="A new file, best on another disk.")
        parser.add_argument("--keys", type=Path, help="Also write the secrets, to this new file.")

    def handle(self, *, file: Path, keys: Path | None, **options: object) -> None:
        if wrong := guard.complaint():
            self.stderr.write(f"{wrong} The backup is made anyway.")
        file, begun = file.expanduser().absolute(), time.monotonic()
        manifest = making.make(file)
        took = time.monotonic() - begun
        size = file.stat().st_size / 1_000_000
        self.stdout.write(
            f"{file}: {size:,.1f} MB of {manifest.made_at}, in {took:.1f} s; read again and compared."
        )
        self.write_keys(keys)

    def write_keys(self, path: Path | None) -> None:
        if path:
            key_file.write(path.expanduser().absolute())
            self.stdout.write(f"The keys are in {path}. Keep that file apart from every backup.")
        else:
            self.stdout.write(APART)

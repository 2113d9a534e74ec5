"""What a backup is of, and which sites may take it back."""

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from typing import NoReturn, Self

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from cms import vault
from cms.keyring import guard

FORMAT = 1
NO_BACKUP = "This is not a backup of this program, or it is damaged"


@dataclass(frozen=True, slots=True)
class Manifest:
    """``address_keys`` and ``secret_key`` are fingerprints; ``migrations`` names what was applied, by app."""

    format: int
    version: str
    made_at: str
    database: str
    migrations: dict[str, list[str]]
    address_keys: list[str]
    secret_key: str

    @classmethod
    def of_this_site(cls) -> Self:
        return cls(
            format=FORMAT,
            version=version(),
            made_at=timezone.now().isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=applied(),
            address_keys=needed_keys(),
            secret_key=fingerprint_of_secret(settings.SECRET_KEY),
        )

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Raises CommandError for what is not a manifest, or of a format to come."""
        try:
            said = json.loads(written)
            known = said["format"] == FORMAT
            return cls(**said) if known else refuse_format(said["format"])
        except (ValueError, TypeError, KeyError) as error:
            raise CommandError(f"{NO_BACKUP}: its manifest cannot be read.") from error

    def written(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    def refuse_elsewhere(self) -> None:
        """Raises CommandError where this program or its database is not one that it can go back to."""
        if self.database != connection.vendor:
            kinds = f"The backup is of {self.database}, this site uses {connection.vendor}."
            raise CommandError(f"{kinds} Set DATABASE_URL to a database of the backup's kind.")
        if as_numbers(self.version) > as_numbers(version()) or self.unknown_migrations():
            raise CommandError(
                f"The backup was made by a newer version ({self.version}; this one is {version()})."
                " Install that version or a later one, then restore."
            )

    def unknown_migrations(self) -> set[tuple[str, str]]:
        """What was applied there and is not known here, of the apps that are here."""
        known = MigrationLoader(None).disk_migrations
        whole = {getattr(migration, "split_from", None) for migration in known.values()}
        replaced = {name for migration in known.values() for name in migration.replaces}
        here = {label for label, _ in known}
        there = {(label, name) for label, names in self.migrations.items() if label in here for name in names}
        return there - known.keys() - whole - replaced

    def refuse_other_keys(self, keys: list[str]) -> None:
        """Raises CommandError that names the fingerprints of the keys that are missing."""
        missing = [each for each in self.address_keys if each not in map(vault.fingerprint, keys)]
        if missing:
            raise CommandError(
                "The backup's addresses are sealed with another key, whose fingerprint is"
                f" {' and '.join(missing)}. Set ADDRESS_KEYS to it, or name"
                " the file that `backup --keys` wrote with --keys. Nothing was changed."
            )


def version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["version"]


def as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version)[:4])


def applied() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(label, []).append(name)
    return found


def needed_keys() -> list[str]:
    """The fingerprint of the key in use, and of the one before where not everything was rotated yet."""
    canary = guard.find()
    in_use = vault.fingerprints()[0]
    if canary is None:
        return [in_use]
    return sorted({in_use, canary.fingerprint}) if guard.is_readable(canary.sealed) else [canary.fingerprint]


def fingerprint_of_secret(key: str) -> str:
    """A keyed digest says nothing of the key that it is made with."""
    return vault.digest_with(key.encode(), b"secret key fingerprint")


def refuse_format(number: object) -> NoReturn:
    raise CommandError(f"The backup has format {number}, this version reads format {FORMAT}.")

"""Restore a backup: everything is checked before anything is changed."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import CommandError
from redis.exceptions import RedisError

from cms.backup import archive, files, keys
from cms.backup.databases import database
from cms.backup.making import sync
from cms.backup.manifest import Manifest, fingerprint_of_secret
from cms.settings import environment

NOT_EMPTY = (
    "There is a site here already. Name an empty DATA_DIR and database, or replace them with --replace."
)


def look_at(path: Path, given: dict[str, str]) -> Manifest:
    """Read a whole backup. Raises CommandError where it is damaged, or cannot be restored to this site."""
    manifest = archive.verify(path)
    manifest.refuse_elsewhere()
    manifest.refuse_other_keys(keys.split(given) if given else list(settings.ADDRESS_KEYS))
    database().refuse_missing_tools()
    return manifest


def refuse_full(replace: bool) -> None:
    """Raises CommandError where something would be lost without consent."""
    full = not database().is_empty() or any(any(files.below(place)) for place in files.places().values())
    if full and not replace:
        raise CommandError(NOT_EMPTY)


def bring_back(path: Path, given: dict[str, str]) -> None:
    """Unpack beside the site, check, then exchange. What was there is kept aside until all is done."""
    database().refuse_others()
    folder = Path(tempfile.mkdtemp(prefix=".restore-", dir=settings.DATA_DIR))
    new, aside = folder / "new", folder / "aside"
    try:
        aside.mkdir()
        archive.unpack(path, new)
        database().check(new / archive.DATABASE)
        if given:
            keys.install(given)
        exchange(new, aside)
    except (OSError, CommandError) as error:
        left = f" What was there before is in {aside}." if any(aside.iterdir()) else ""
        if not left:
            shutil.rmtree(folder)
        raise CommandError(f"{error}{left}") from error
    shutil.rmtree(folder)


def exchange(new: Path, aside: Path) -> None:
    database().load(new / archive.DATABASE, aside)
    environment.MADE.clear()  # the keys that lie there now are this database's: no failure may remove them
    for name, place in files.places().items():
        move_below(place, aside / name)
        move_below(new / name, place)
    sync(Path(settings.DATA_DIR))
    with suppress(RedisError):  # what it holds is of the site before, and expires
        cache.clear()


def move_below(folder: Path, target: Path) -> None:
    """Move a folder's content but not the folder: it may be a disk of its own."""
    found = list(folder.iterdir()) if folder.is_dir() else []
    if found:
        target.mkdir(parents=True, exist_ok=True, mode=0o700 if target.name == "attachments" else 0o755)
    for each in found:
        shutil.move(each, target / each.name)


def other_secret(manifest: Manifest, given: dict[str, str]) -> bool:
    """Say whether SECRET_KEY differs: then everyone has to log in again."""
    return manifest.secret_key != fingerprint_of_secret(given.get("SECRET_KEY") or settings.SECRET_KEY)

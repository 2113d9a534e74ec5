"""Make a backup while the site runs: the database first, then the files that it names."""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from cms.backup import archive, files
from cms.backup.archive import Writer
from cms.backup.databases import database
from cms.backup.manifest import Manifest
from cms.storage import site_lock

FOLDER = "backups"


def make_here(why: str) -> Path:
    """Make one in DATA_DIR, named after what it comes before. Raises CommandError."""
    folder = Path(settings.DATA_DIR) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{why}-{timezone.now():%Y-%m-%d-%H%M%S}.backup"
    make(path)
    return path


def make(path: Path) -> Manifest:
    """Return the manifest of a new backup, read again and compared. A failure leaves no file."""
    if path.exists():
        raise CommandError(f"{path} exists. Name a file that does not.")
    if not path.parent.is_dir():
        raise CommandError(f"There is no directory {path.parent}.")
    database().refuse_missing_tools()
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with site_lock.one_backup(), stage() as folder, snapshot_folder(path.parent) as own:
            manifest = take(folder, own)
            write(draft, manifest, folder, own)
        archive.verify(draft)
        draft.rename(path)
        sync(path.parent)
    except OSError as error:
        raise CommandError(f"The backup could not be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def take(folder: Path, own: Path) -> Manifest:
    """Link files, take the snapshot, and link what was added meanwhile: nothing it names is missing."""
    files.link_all(folder)
    manifest = Manifest.of_this_site()
    database().snapshot(own / archive.DATABASE)
    files.link_all(folder)
    return manifest


def write(draft: Path, manifest: Manifest, folder: Path, own: Path) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, archive.MODE)
    with os.fdopen(descriptor, "wb") as file, tempfile.TemporaryFile(dir=own) as lines:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            writer = Writer(tar, lines)
            said = manifest.written()
            writer.add(archive.MANIFEST, BytesIO(said), len(said))
            add(writer, archive.DATABASE, own / archive.DATABASE)
            for found in files.below(folder):
                add(writer, found.relative_to(folder).as_posix(), found)
            writer.finish()
        file.flush()
        os.fsync(file.fileno())


def add(writer: Writer, name: str, path: Path) -> None:
    """A file may grow meanwhile: only its first size is read."""
    with path.open("rb") as source:
        writer.add(name, source, os.fstat(source.fileno()).st_size)
    writer.tar.members = []  # type: ignore[attr-defined]  # typeshed leaves it out; or every member stays in memory


@contextmanager
def stage() -> Iterator[Path]:
    """A folder beside the files, for links to them. What a killed backup left there is removed first."""
    for left in Path(settings.DATA_DIR).glob(f"{files.STAGE}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{files.STAGE}-", dir=settings.DATA_DIR) as folder:
        yield Path(folder)


@contextmanager
def snapshot_folder(parent: Path) -> Iterator[Path]:
    """Beside the backup, where there must be room for it anyway."""
    with tempfile.TemporaryDirectory(prefix=".snapshot-", dir=parent) as folder:
        yield Path(folder)


def sync(folder: Path) -> None:
    """Write the folder to disk, so that the file's name survives a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

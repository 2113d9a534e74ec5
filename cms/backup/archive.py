"""
The file of a backup: a plain tar.

    manifest.json      first: whether it can go back is known before anything else is read
    database …         the snapshot
    media/ attachments/
    checksums.txt      last: a file that was cut off has none. A line for each member before it, in order.

Nothing is held in memory but a piece of a file: checksums are compared by the digest of all their lines.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.management.base import CommandError

from cms.backup.manifest import NO_BACKUP, Manifest

MANIFEST, CHECKSUMS, DATABASE = "manifest.json", "checksums.txt", "database"
FOLDERS = ("media", "attachments")
PIECE = 1024 * 1024
MOST_MANIFEST = 1024 * 1024  # bytes
MODE = 0o600
MODES = {MANIFEST: MODE, DATABASE: MODE, "attachments": MODE, "media": 0o644}  # a proxy may serve media

Take = Callable[[str, "Summed", int], None]


class Writer:
    """Adds members and writes down their checksums, into a file of their own beside the archive."""

    def __init__(self, tar: tarfile.TarFile, lines: IO[bytes]) -> None:
        self.tar = tar
        self.lines = lines

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Raises OSError when the source gives fewer bytes than ``size``."""
        summed = Summed(source)
        self.tar.addfile(member(name, size), summed)
        self.lines.write(line(summed.sum.hexdigest(), size, name))

    def finish(self) -> None:
        size = self.lines.tell()
        self.lines.seek(0)
        self.tar.addfile(member(CHECKSUMS, size), self.lines)


class Summed:
    """A file that is read once, and its checksum."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.sum.update(piece)
        return piece

    def read_to_the_end(self) -> None:
        while self.read(PIECE):
            pass


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Raises CommandError for what is no archive, or one that is cut off."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise CommandError(f"{NO_BACKUP}: {path} cannot be read to its end.") from error
    except IsADirectoryError:
        raise CommandError(f"{path} is a directory.") from None


def verify(path: Path) -> Manifest:
    """Read it whole. Raises CommandError for anything that is not as it was written."""
    found: list[Manifest] = []

    def take(name: str, source: Summed, size: int) -> None:
        if name == MANIFEST:
            found.append(Manifest.read(source.read(MOST_MANIFEST)))

    walk(path, take)
    return found[0]


def unpack(path: Path, folder: Path) -> None:
    """Write all members below an empty folder, and compare them once more on the way."""

    def take(name: str, source: Summed, size: int) -> None:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with create(target, MODES[PurePosixPath(name).parts[0]]) as file:
            while piece := source.read(PIECE):
                file.write(piece)
            os.fsync(file.fileno())

    try:
        walk(path, take)
    except (FileExistsError, NotADirectoryError) as error:
        raise CommandError(f"{NO_BACKUP}: it holds one name twice.") from error
    except OSError as error:
        raise CommandError(f"The backup could not be unpacked: {error.strerror or error}.") from error


def create(path: Path, mode: int) -> IO[bytes]:
    """Raises FileExistsError: a name that comes twice."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")


def walk(path: Path, take: Take) -> None:
    """Give each member away, the checksums excepted, which are compared."""
    lines, names = hashlib.sha256(), 0
    with opened(path) as tar:
        while (info := tar.next()) is not None:
            tar.members = []  # type: ignore[attr-defined]  # typeshed leaves it out; or every member stays in memory
            refuse_odd(info, names)
            if info.name == CHECKSUMS:
                return refuse_unequal(tar, info, lines)
            summed = Summed(content_of(tar, info))
            take(info.name, summed, info.size)
            summed.read_to_the_end()
            lines.update(line(summed.sum.hexdigest(), info.size, info.name))
            names += 1
    raise CommandError(f"{NO_BACKUP}: its end is missing.")


def content_of(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    """Raises TarError for what is no file."""
    content = tar.extractfile(info)
    if content is None:
        raise tarfile.ReadError(info.name)
    return content


def refuse_unequal(tar: tarfile.TarFile, info: tarfile.TarInfo, lines: Any) -> None:
    written = Summed(content_of(tar, info))
    written.read_to_the_end()
    if written.sum.digest() != lines.digest():
        raise CommandError(f"{NO_BACKUP}: the checksums differ.")
    if tar.next() is not None:
        raise CommandError(f"{NO_BACKUP}: there is something after its end.")


def refuse_odd(info: tarfile.TarInfo, position: int) -> None:
    """Nothing but plain files below the folders we know; the manifest first."""
    parts = PurePosixPath(info.name).parts
    inside = len(parts) > 1 and parts[0] in FOLDERS and ".." not in parts
    ours = inside or info.name in (MANIFEST, CHECKSUMS, DATABASE)
    plain = info.isreg() and not info.issparse()
    if not (ours and plain) or "/".join(parts) != info.name or (info.name == MANIFEST) != (position == 0):
        raise CommandError(f"{NO_BACKUP}: it holds {info.name[:100]!r}, which no backup does.")


def member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, MODE
    return info


def line(checksum: str, size: int, name: str) -> bytes:
    return f"{checksum} {size} {name}\n".encode("utf-8", "surrogateescape")

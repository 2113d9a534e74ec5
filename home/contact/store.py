"""
Files attached to messages: below DATA_DIR, apart from the public media, under random names.

A file is completely on the disk before the row that names it is committed. What a rolled-back transaction or
a killed process leaves behind has no row, and is purged a day later.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

ORPHAN_AFTER = 24 * 60 * 60  # seconds
BATCH = 500


def write(contents: Iterable[bytes]) -> list[str]:
    """Return the names they are stored under, once all are on the disk. Raises OSError, storing none."""
    folder, names = _folder(), []
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        for content in contents:
            names.append(secrets.token_hex(16))
            _write(folder / names[-1], content)
        _sync(os.open(folder, os.O_RDONLY))
    except OSError:
        remove(names)
        raise
    return names


def read(name: str) -> bytes | None:
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        return None


def remove(names: Iterable[str]) -> None:
    for name in names:
        (_folder() / name).unlink(missing_ok=True)


def purge_orphans(known: Callable[[list[str]], set[str]]) -> None:
    """Remove old files that ``known`` does not name."""
    before = time.time() - ORPHAN_AFTER
    folder = _folder()
    old = [file.name for file in folder.iterdir() if _is_older(file, before)] if folder.is_dir() else []
    for start in range(0, len(old), BATCH):
        some = old[start : start + BATCH]
        remove(set(some) - known(some))


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(descriptor: int) -> None:
    """Make sure the names are in the folder, too, if the power fails."""
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_older(file: Path, before: float) -> bool:
    with suppress(FileNotFoundError):  # another worker was quicker
        return file.stat().st_mtime < before
    return False


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "attachments"

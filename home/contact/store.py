"""
Files that came with messages: below DATA_DIR, beside the public media, under names that say nothing.

A file is written whole before the row that names it is committed. What a rolled-back transaction or a killed
process leaves behind has no row, and is purged a day later.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

ORPHAN_AFTER = 24 * 60 * 60  # seconds
BATCH = 500


def write(content: bytes) -> str:
    """Return the name it is kept under, once it is on the disk. Raises OSError."""
    folder, name = _folder(), secrets.token_hex(16)
    folder.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def read(name: str) -> bytes | None:
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        return None


def remove(names: Iterable[str]) -> None:
    for name in names:
        (_folder() / name).unlink(missing_ok=True)


def purge_orphans(known: Callable[[list[str]], set[str]]) -> None:
    """Remove old files of which ``known`` names no row."""
    before = time.time() - ORPHAN_AFTER
    folder = _folder()
    old = [file.name for file in folder.iterdir() if file.stat().st_mtime < before] if folder.is_dir() else []
    for start in range(0, len(old), BATCH):
        some = old[start : start + BATCH]
        remove(set(some) - known(some))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "attachments"

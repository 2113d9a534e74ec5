"""
Who uses DATA_DIR: web servers, workers and every other command together, or a restore alone.

A lock of the operating system on a file: it ends with the process that holds it, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

SITE, BACKUP = "site.lock", "backup.lock"
RESTORING = "A restore is under way in DATA_DIR. Start again when it is finished."
RUNNING = (
    "The site is running. Stop `manage.py serve`, `manage.py deliver` and any other command, then restore."
)
BACKING_UP = "Another backup or restore of this site is under way. Try again when it is finished."


@contextmanager
def in_use() -> Iterator[None]:
    """Raises CommandError while a restore has the directory for itself."""
    with _held(SITE, fcntl.LOCK_SH, RESTORING):
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Raises CommandError while a web server, a worker or another command is alive."""
    with _held(SITE, fcntl.LOCK_EX, RUNNING):
        yield


@contextmanager
def one_backup() -> Iterator[None]:
    """Raises CommandError while another one is made."""
    with _held(BACKUP, fcntl.LOCK_EX, BACKING_UP):
        yield


@contextmanager
def _held(name: str, kind: int, complaint: str) -> Iterator[None]:
    descriptor = os.open(Path(settings.DATA_DIR) / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, kind, complaint)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int, complaint: str) -> None:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(complaint) from None

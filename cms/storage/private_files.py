"""
DATA_DIR is readable only by the account that runs the site, whatever the umask.

The database and what lies beside it have mode 600, the directories of secrets, mail, attachments and backups
700. What an earlier version left open to others is closed when it is next used, and the log says so once.
"""

import logging
import os
from functools import cache
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

FILE, DIRECTORY = 0o600, 0o700
OTHERS = 0o077
DIRECTORIES = ("secrets", "mail", "attachments", "backups")
BESIDE_A_DATABASE = ("", "-wal", "-shm", "-journal")


def close_directories() -> None:
    """Close what is there. The one for mail is made here: Django would make it as the umask says."""
    folder = Path(settings.DATA_DIR)
    (folder / "mail").mkdir(mode=DIRECTORY, exist_ok=True)
    for name in DIRECTORIES:
        close(folder / name, DIRECTORY)


def close_database(path: Path) -> None:
    """Make the file of a database that is not there yet. SQLite gives its log and index the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE))
    except FileExistsError:
        for ending in BESIDE_A_DATABASE:
            close(path.with_name(path.name + ending), FILE)


def close(path: Path, mode: int) -> None:
    """Close a path to others; log what cannot be closed: another account's, or on a disk without modes."""
    try:
        found = _mode(path)
        if not found & OTHERS:
            return
        path.chmod(mode)
        if _mode(path) & OTHERS:
            _complain_of(path, mode)
        else:
            logger.warning("%s was open to others (mode %03o): it has mode %03o now", path.name, found, mode)
    except FileNotFoundError:
        pass
    except OSError:
        _complain_of(path, mode)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@cache  # a database is looked at for every connection
def _complain_of(path: Path, mode: int) -> None:
    logger.error("%s is open to others and cannot be closed: have its owner run chmod %03o", path.name, mode)

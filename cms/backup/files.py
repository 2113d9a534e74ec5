"""
Media and attachments beside a snapshot of the database.

Each file is linked into a folder of ours before the snapshot and, what came meanwhile, after it: what the
snapshot names and the site deletes while the backup is written is still there. Where no links can be made,
it is copied.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from cms.backup.archive import FOLDERS

STAGE = ".backup"


def places() -> dict[str, Path]:
    """Return each folder of the archive with where it is on the disk."""
    return dict(
        zip(FOLDERS, (Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR) / "attachments"), strict=True)
    )


def link_all(stage: Path) -> None:
    """Link what is not linked yet, except files that are gone meanwhile."""
    for name, place in places().items():
        for file in below(place):
            target = stage / name / file.relative_to(place)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with suppress(FileNotFoundError):
                    link(file, target)


def link(file: Path, target: Path) -> None:
    try:
        os.link(file, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(file, target)


def below(folder: Path) -> Iterator[Path]:
    """Return every plain file, in a stable order."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(parent, name)
            if file.is_file() and not file.is_symlink():
                yield file

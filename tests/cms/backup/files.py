"""What the tests of backups do to files of backups, and ask of a restore."""

import io
import json
import tarfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cms.backup import archive
from tests import crawl


def restore(file: Path, **options: object) -> str:
    said = StringIO()
    call_command("restore", str(file), stdout=said, stderr=said, **options)
    return said.getvalue()


def refusal(file: Path, **options: object) -> str:
    """Return why a restore was refused, having seen that it changed nothing."""
    before = crawl.contents(), tree()
    with pytest.raises(CommandError) as refused:
        restore(file, **options)
    assert (crawl.contents(), tree()) == before
    return str(refused.value)


def tree() -> list[str]:
    folder = Path(settings.DATA_DIR)
    locks = {"site.lock", "backup.lock"}
    return sorted(
        str(file) for file in folder.rglob("*") if file.name not in locks and ".sqlite3" not in file.name
    )


def members(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None], *, sums: bool = True) -> Path:
    """Write a backup again with other members, and checksums that fit or those there were."""
    other = file.with_name("other.backup")
    with tarfile.open(file) as old, tarfile.open(other, "w", format=tarfile.PAX_FORMAT) as new:
        lines = io.BytesIO()
        writer = archive.Writer(new, lines)
        for info in old.getmembers():
            content = old.extractfile(info).read()
            if info.name == archive.CHECKSUMS:
                writer.finish() if sums else new.addfile(info, io.BytesIO(content))
            elif (changed := change(info.name, content)) is not None:
                writer.add(info.name, io.BytesIO(changed), len(changed))
    return other


def with_manifest(file: Path, **fields: object) -> Path:
    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | fields).encode() if name == archive.MANIFEST else content

    return rewritten(file, change)

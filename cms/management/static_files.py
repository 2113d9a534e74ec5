"""Collect static files only when their sources changed: hashing and compressing all of them takes long."""

import hashlib
import os
from pathlib import Path
from typing import cast

from django.apps import apps
from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.files.storage import storages
from django.core.management import call_command


def outdated() -> bool:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    mark = mark_file()
    return not (manifest.exists() and mark.exists() and mark.read_text(encoding="ascii") == fingerprint())


def collect() -> None:
    """Files of earlier versions stay: pages that lie open in a browser still name them."""
    mark_file().unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark_file().write_text(fingerprint(), encoding="ascii")


def number_written() -> str:
    """Say how many files there are by now; nothing before the first."""
    number = sum(len(names) for _, _, names in os.walk(settings.STATIC_ROOT))
    return f"{number} written" if number else ""


def read_manifest() -> None:
    """Read what another process has collected: Wagtail opens the storage when it is imported, before that."""
    storage = cast("ManifestFilesMixin", storages[STATICFILES_STORAGE_ALIAS])
    storage.hashed_files, storage.manifest_hash = storage.load_manifest()  # type: ignore[assignment]  # it is a pair


def mark_file() -> Path:
    return settings.DATA_DIR / "static.fingerprint"


def fingerprint() -> str:
    """Return a digest of the names, sizes and times of all sources."""
    ignored = cast("StaticFilesConfig", apps.get_app_config("staticfiles")).ignore_patterns
    lines = [settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for name, storage in finder.list(ignored):
            path = Path(storage.path(name))
            found = path.stat()
            lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()

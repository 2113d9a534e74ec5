"""The secrets of a site in a file of their own, to be kept apart from its backups."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from cms.settings import environment

NAMES = ("SECRET_KEY", "ADDRESS_KEYS")


def write(path: Path) -> None:
    """Write them as variables, of mode 600. Raises CommandError when the file is there."""
    lines = f"SECRET_KEY={settings.SECRET_KEY}\nADDRESS_KEYS={','.join(settings.ADDRESS_KEYS)}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"The keys cannot be written to {path}: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> dict[str, str]:
    """Return both variables. Raises CommandError for a file without both."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The keys cannot be read from {path}.") from error
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    if not all(found.get(name) for name in NAMES) or not all(map(environment.is_address_key, split(found))):
        raise CommandError(f"{path} is not a file that `backup --keys` wrote.")
    return found


def split(found: dict[str, str]) -> list[str]:
    return found["ADDRESS_KEYS"].split(",")


def install(found: dict[str, str]) -> None:
    """Write them where a site without the variables finds them. Raises CommandError where others are."""
    folder = Path(settings.DATA_DIR) / "secrets"
    environment.forget_what_was_made()
    for name in NAMES:
        path = folder / name.lower()
        in_force = environment.text(name) or (path.exists() and path.read_text(encoding="ascii").strip())
        if in_force and in_force != found[name]:
            raise CommandError(f"{name} is set to another value here: unset it, or move {path} away.")
    for name in NAMES:
        if not environment.text(name) and not (folder / name.lower()).exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            environment.write_once(folder / name.lower(), found[name])

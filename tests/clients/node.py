"""What npm brings for the tests of the clients: installed once, from the lock file of a folder, below it."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

MISSING = "node and npm are needed to check the TypeScript client. Debian: apt install nodejs npm"
HERE = Path(__file__).parent


def missing() -> str:
    """Return why nothing can be done here, or nothing."""
    return "" if shutil.which("node") and shutil.which("npm") else MISSING


def require() -> None:
    """Skip a test on a machine without node; CI must have it."""
    if reason := missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


def installed(folder: Path = HERE) -> Path:
    """Install what the folder's lock file names, unless it is there. Return where its commands are."""
    lock, modules = folder / "package-lock.json", folder / "node_modules"
    stamp = modules / "installed.json"
    modules.mkdir(exist_ok=True)
    with (folder / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # several processes test at once
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
            shutil.copyfile(lock, stamp)
    return modules / ".bin"


def run(*command: str | Path, folder: Path, **variables: str) -> str:
    """Return what a command says. Raises AssertionError, with all it said, where it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

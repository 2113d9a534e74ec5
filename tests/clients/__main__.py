"""
What is served to front ends and made of something else: `make client`, and `make lint` compares.

The types of the TypeScript client are written from the API's document; the embed is its source made short.
Without node they are not compared, which is said; in CI that is a failure.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from tests.clients import node

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "tests" / "cms" / "api" / "openapi.json"
TYPES = ROOT / "static" / "clients" / "typescript" / "schema.d.ts"
SOURCE = ROOT / "static" / "embed" / "reader-comments.js"
EMBED = ROOT / "static" / "embed" / "1" / "reader-comments.js"
SHORT = "--module -c passes=3,ecma=2022,unsafe_arrows,unsafe_methods -m --mangle-props regex=/^_/ --"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="Only compare the files with what would be made."
    )
    check = parser.parse_args().check
    if reason := node.missing():
        print(reason, file=sys.stderr)  # noqa: T201 -- a command
        return 0 if check and os.environ.get("CI") != "true" else 1
    made: dict[Path, Callable[[], str]] = {TYPES: types, EMBED: embed}
    stale = [path for path, make in made.items() if not _is_made(path, make(), check=check)]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not of its source. Run: make client", file=sys.stderr)  # noqa: T201
    return int(bool(stale))


def _is_made(path: Path, text: str, *, check: bool) -> bool:
    """Write a file, or compare it."""
    if not check:
        path.write_text(text)
    return path.read_text() == text


def types() -> str:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "schema.d.ts")
        generator = node.installed() / "openapi-typescript"
        # a field with a default may be left out of what is sent
        node.run(generator, DOCUMENT, "--default-non-nullable=false", "-o", written, folder=Path(folder))
        return written.read_text()


def embed() -> str:
    return node.run(node.installed() / "terser", *SHORT.split(), SOURCE, folder=ROOT)


if __name__ == "__main__":
    sys.exit(main())

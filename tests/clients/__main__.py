"""
The types of the TypeScript client, written from the API's document: `make client`, and `make lint` compares.

Without node they are not compared, which is said; in CI that is a failure.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from tests.clients import node

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "tests" / "cms" / "api" / "openapi.json"
TYPES = ROOT / "static" / "clients" / "typescript" / "schema.d.ts"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="Only say whether the types are those of the document."
    )
    check = parser.parse_args().check
    if reason := node.missing():
        print(reason, file=sys.stderr)  # noqa: T201 -- a command
        return 0 if check and os.environ.get("CI") != "true" else 1
    written = types()
    if not check:
        TYPES.write_text(written)
    elif TYPES.read_text() != written:
        print(f"{TYPES.relative_to(ROOT)} is not of the API's document. Run: make client", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def types() -> str:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "schema.d.ts")
        generator = node.installed() / "openapi-typescript"
        # a field with a default may be left out of what is sent
        node.run(generator, DOCUMENT, "--default-non-nullable=false", "-o", written, folder=Path(folder))
        return written.read_text()


if __name__ == "__main__":
    sys.exit(main())

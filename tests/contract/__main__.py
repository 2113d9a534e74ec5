"""
`make api`: does every operation do what the API's own document says, for everyone?

Schemathesis sends what the document allows, and what it does not, to a site with the demo's content: as
nobody, as an editor, as a moderator and as the author of a comment, by tokens. No answer is a 500, and none
is undocumented. A Python client that is generated from the same document can be imported.

    run      a site, its tokens, and the programs that are let loose on it
    hooks    what Schemathesis loads: a client's address for each request, and the names of what is there

Both programs stand in an environment of their own (`requirements.txt` here), which `make api` makes.

`python -m tests.contract --examples 50`. The exit code is 1 when anything was found.
"""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import django

from tests.own_site import place

SETTINGS = {"DJANGO_SETTINGS_MODULE": "cms.settings.base", "TRUSTED_PROXIES": "127.0.0.1"}


def main(chosen: Namespace) -> int:
    with place("contract", **SETTINGS) as folder:
        django.setup()
        from tests.contract import run  # noqa: PLC0415 -- models come once Django is set up

        return 0 if run.all_kept(folder, chosen) else 1


def _path(given: str) -> Path:
    return Path(given).absolute()


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.contract", description="Hold the API to its document.")
    parser.add_argument("--examples", type=int, default=50, help="Requests to each operation, in each phase.")
    parser.add_argument(
        "--programs",
        type=lambda path: Path(path).absolute(),
        required=True,
        help="Where schemathesis and openapi-python-client are.",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))

"""
`make threads`: do the words of pages that are edited at the same time stay apart?

Eight editors open, autosave, preview, publish and read four pages, two at each, against the server as
`manage.py serve` starts it. The words of each page, and of each time that it is saved, are its own.

    editors    what each of them does, and what each answer must be
    run        a site, its editors, and what is in the database at the end

`python -m tests.threads --seconds 60`. The exit code is 1 when a word is in the wrong place, or an answer is
not the right one.
"""

import sys
from argparse import ArgumentParser, Namespace

import django

from tests.own_site import place

SETTINGS = {"DJANGO_SETTINGS_MODULE": "cms.settings.base"}


def main(chosen: Namespace) -> int:
    with place("threads", template=chosen.template, **SETTINGS) as folder:
        django.setup()
        from tests.threads import run  # noqa: PLC0415 -- models come once Django is set up

        return 0 if run.all_apart(folder, chosen) else 1


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.threads", description="Edit pages at the same time.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--template", default="", help="A migrated database: a file of SQLite, or a name.")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))

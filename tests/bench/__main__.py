"""
`make bench`: speeds that were promised, measured at a server as it is run.

    run                  makes the site, and measures one after the other
    pages       S2, S3   a post page built afresh, with 0 to 100,000 comments
    accepting   S6       comments accepted a second
    desk        S7       the moderation desk with 100,000 held comments
    probing     V2       whether an answer's time tells if an address is known
    bombing     V7       mails that a thousand posts with one address cause
    crowd                comments by the hundred thousand
    door, table          the client, and what is printed

`python -m tests.bench pages probing` measures some of it. The exit code is 1 when a target is missed.
"""

import sys

import django

from tests.own_site import place

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "TRUSTED_PROXIES": "127.0.0.1/32"}


def main(chosen: list[str]) -> int:
    with place("bench", **SETTINGS) as folder:
        django.setup()
        from tests.bench import run  # noqa: PLC0415 -- models may be imported once Django is set up

        return 0 if run.all_met(folder, chosen or list(run.PARTS)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

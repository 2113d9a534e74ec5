"""
`make growth`: a site a thousand times the demo, and what each of its doors costs there.

    ground          a small site to begin with, in the suite
    fill            fills a site with copies of what it has
    sql             what fill needs, for both databases
    meters          rows read, processor time, bytes
    public_doors    what anyone may ask for
    staff_doors     what staff may ask for
    report          asks at every door, and prints one size beside the other

FACTOR is how many times the demo. The exit code is 1 when a door costs more than `report` allows.
"""

import os
import sys
import time
from io import StringIO

import django

from tests.own_site import place

FACTOR = "FACTOR"


def main(only: list[str]) -> int:
    factor = int(os.environ.get(FACTOR) or 1000)
    with place("growth", DJANGO_SETTINGS_MODULE="cms.settings.base"):
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 -- once Django is set up
        from django.db import connections  # noqa: PLC0415 -- likewise

        from cms.management import web_server  # noqa: PLC0415 -- likewise
        from tests.growth import fill, report, sql  # noqa: PLC0415 -- likewise

        web_server.load()
        sys.stderr.write("Making the demo …\n")
        call_command("migrate", verbosity=0)
        call_command("load_demo", stdout=StringIO())
        call_command("collectstatic", interactive=False, verbosity=0)
        sql.analyse()
        demo = report.costs_of_all(only)
        sys.stderr.write(f"Filling it to {factor} times as much …\n")
        begun = time.monotonic()
        fill.fill(fill.Sizes.times(factor))
        sys.stderr.write(f"Filled in {time.monotonic() - begun:.0f} seconds\n")
        held = report.compare(demo, report.costs_of_all(only))
        connections.close_all()
        return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Makes a site with many comments, starts its server and worker, and measures."""

import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from tests.bench import accepting, bombing, desk, pages, probing
from tests.bench.table import Table
from tests.own_site import WORKER, Process, WebServer, running

PARTS = {"pages": pages, "accepting": accepting, "desk": desk, "bombing": bombing, "probing": probing}


def all_met(folder: Path, chosen: list[str]) -> bool:
    sys.stderr.write("Making a site with many comments …\n")
    call_command("migrate", verbosity=0)
    call_command("load_demo", stdout=StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    posts = pages.make_posts(pages.SIZES if "pages" in chosen else (pages.AGAINST, pages.USUAL))
    probing.make_readers()
    table = Table()
    server = WebServer(folder / "web.log")
    with running(server, Process(WORKER, folder / "worker.log")):
        for part in chosen:
            PARTS[part].measure(server, posts, table)
    connections.close_all()
    return table.all_met

"""S6: how many comments a second are taken, each on the disk before its reader is thanked."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from statistics import median, quantiles

from django.db import connection
from django_comments.models import Comment
from wagtail.models import Page

from tests.bench.door import Door, comment, sent_by, text_of
from tests.bench.pages import AGAINST
from tests.bench.table import Table
from tests.own_site import WebServer

CLIENTS = 8
ROUNDS = 5
SECONDS = 4.0
LEAST_A_SECOND = {"sqlite": 270, "postgresql": 350}
SLOWEST = 100  # milliseconds, of 95 in 100
ACCEPTED = 303


@dataclass(slots=True)
class Round:
    accepted: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.accepted) / self.seconds


def measure(server: WebServer, posts: dict[int, Page], table: Table) -> None:
    url = posts[AGAINST].get_url()
    form = Form(server.port, url, Door(server.port).hidden_fields(url), count(1))
    before = server.cpu_seconds()
    rounds = [form.round() for _ in range(1 + ROUNDS)]
    cpu = server.cpu_seconds() - before
    counted = rounds[1:]
    each = [one for done in counted for one in done.milliseconds]
    table.at_least(
        f"S6 comments accepted, {CLIENTS} clients",
        median(done.rate for done in counted),
        LEAST_A_SECOND[connection.vendor],
        "a second",
    )
    accepted = [number for done in rounds for number in done.accepted]
    table.tell("S6 the web server's cost of each", f"{cpu * 1000 / len(accepted):.1f} ms")
    table.tell("S6 half are answered within", f"{median(each):.1f} ms")
    table.at_most("S6 95 of 100 are answered within", quantiles(each, n=20)[-1], SLOWEST, "ms")
    stored = _stored()
    once = sorted(stored) == sorted(map(text_of, accepted))
    target = f"the {len(accepted):,} accepted"
    table.holds("S6 comments in the database, each once", f"{len(stored):,}", target, met=once)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a post, and the numbers of the comments that are sent with it."""

    port: int
    url: str
    hidden: dict[str, str]
    numbers: count

    def round(self) -> Round:
        """All clients post one comment after the other, until the time is over."""
        done = Round()
        start = threading.Barrier(CLIENTS + 1)
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self.client, done, start) for _ in range(CLIENTS)]
            start.wait()
            began = time.perf_counter()
        done.seconds = time.perf_counter() - began
        for each in clients:
            each.result()
        return done

    def client(self, done: Round, start: threading.Barrier) -> None:
        door = Door(self.port)
        start.wait()
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            number = next(self.numbers)
            body = comment(self.hidden, number, address=f"reader{number}@example.org")
            before = time.perf_counter()
            status = door.post(self.url, body, sent_by(number))
            done.milliseconds.append((time.perf_counter() - before) * 1000)
            assert status == ACCEPTED, status
            done.accepted.append(number)


def _stored() -> list[str]:
    ours = Comment.objects.filter(comment__startswith=text_of(0).partition("[")[0])
    return list(ours.values_list("comment", flat=True))

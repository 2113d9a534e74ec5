"""
S2, S3 and S5: what a post page costs when it is built afresh, without comments and with very many; and a list
of posts by the API.

A cost is processor milliseconds of the server's processes for each request. The sides of a comparison are
asked one after the other in each round; what is told is the median of the rounds.
"""

import gzip
import json
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from blog.models import BlogPostPage
from tests.bench import crowd
from tests.bench.door import Door
from tests.bench.table import Table
from tests.own_site import WebServer

SIZES = (0, 50, 100, 1_000, 10_000, 100_000)
AGAINST = 50
USUAL = 10_000  # comments; what PostgreSQL plans for a few it keeps until it counts its rows again
ROUNDS = 5
REQUESTS = 40
MOST_TIMES_DEARER = 1.5
MOST_KILOBYTES = 100
MOST_QUERIES = 12
IN_A_LIST = 20
LIST = f"/api/v1/posts/?limit={IN_A_LIST}"
OF_A_LIST = 25, 8  # times a trivial template, queries

_numbers = count()


def make_posts(sizes: Iterable[int]) -> dict[int, Page]:
    """One post of the demo again and again, with so many comments on each; and enough for a list."""
    model = BlogPostPage.objects.exclude(hero=None).order_by("pk").first()
    posts = {}
    for size in sizes:
        slug = f"with-{size}"
        posts[size] = model.copy(update_attrs={"slug": slug, "title": model.title}, copy_revisions=False)
        crowd.talk(posts[size], size)
    for number in range(IN_A_LIST - BlogPostPage.objects.exclude(hero=None).count()):
        model.copy(update_attrs={"slug": f"listed-{number}", "title": model.title}, copy_revisions=False)
    analyse()
    return posts


def analyse() -> None:
    """Let PostgreSQL know its tables, as it would by itself some minutes later."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def measure(server: WebServer, posts: dict[int, Page], table: Table) -> None:
    door = Door(server.port)
    urls = {size: post.get_url() for size, post in posts.items()}
    plain = len(door.get(urls[0]))
    sides = {**urls, "trivial": f"/trivial/{plain}/", "list": LIST}
    sides["trivial list"] = f"/trivial/{len(door.get(LIST))}/"
    rounds = [_costs(server, door, sides) for _ in range(1 + ROUNDS)][1:]
    _tell_of_page(table, rounds, urls[0])
    _tell_of_list(table, rounds, len(json.loads(door.get(LIST))["items"]))
    for size in SIZES[1:]:
        _tell_of_size(table, rounds, size, door.get(urls[size]), _queries(urls[size]))


def _costs(server: WebServer, door: Door, sides: dict[object, str]) -> dict[object, float]:
    """Return CPU milliseconds a request for each side, asked one after the other."""
    return {side: _cost(server, door, url) for side, url in sides.items()}


def _cost(server: WebServer, door: Door, url: str) -> float:
    before = server.cpu_seconds()
    for _ in range(REQUESTS):
        door.get(_afresh(url))
    return (server.cpu_seconds() - before) * 1000 / REQUESTS


def _afresh(url: str) -> str:
    """No cache has seen this address before."""
    number = next(_numbers)
    return f"{url}&until={date(2100, 1, 1) + timedelta(number)}" if url == LIST else f"{url}?afresh={number}"


def _tell_of_page(table: Table, rounds: list[dict], url: str) -> None:
    trivial = median(each["trivial"] for each in rounds)
    table.tell("A trivial template of the same size", f"{trivial:.2f} ms")
    table.tell("S2 post page without comments", f"{median(each[0] for each in rounds):.2f} ms")
    table.tell("S2 against the trivial template", f"{_times(rounds, 0, 'trivial'):.1f} times")
    table.at_most("S2 queries", _queries(url), MOST_QUERIES, "queries")


def _tell_of_list(table: Table, rounds: list[dict], length: int) -> None:
    times, queries = OF_A_LIST
    table.tell(f"S5 list of {length} posts by the API", f"{median(each['list'] for each in rounds):.2f} ms")
    against = _times(rounds, "list", "trivial list")
    table.at_most("S5 against a trivial template of the same size", against, times, "times")
    table.at_most("S5 queries", _queries(LIST), queries, "queries")


def _tell_of_size(table: Table, rounds: list[dict], size: int, body: bytes, queries: int) -> None:
    name = f"S3 {size:,} comments"
    milliseconds = median(each[size] for each in rounds)
    table.tell(f"{name}: cost, queries", f"{milliseconds:.2f} ms, {queries} queries")
    if size != AGAINST:
        table.at_most(f"{name}: cost", _times(rounds, size, AGAINST), MOST_TIMES_DEARER, "times of 50")
    table.at_most(f"{name}: gzip", len(gzip.compress(body)) / 1000, MOST_KILOBYTES, "kB")


def _times(rounds: Iterable[dict], side: object, against: object) -> float:
    return median(each[side] / each[against] for each in rounds)


def _queries(url: str) -> int:
    client = Client(headers={"host": "localhost"})
    client.get(_afresh(url))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(_afresh(url)).status_code == 200
    return len(seen)

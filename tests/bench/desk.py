"""
S7: what the moderation desk costs with 100,000 held comments against 100, and what approving 100 in one act.

The many are spam while the few are measured, and held again for the other side of each round. Beside the
milliseconds stands what they would be where a trivial template costs TRIVIAL, as when the limit was set.
"""

import re
from io import StringIO
from statistics import median
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from blog.comments.models import Reader, ReaderComment
from blog.comments.states import Status
from tests.bench import crowd
from tests.bench.door import FORM, Door
from tests.bench.pages import AGAINST, MOST_TIMES_DEARER, analyse
from tests.bench.table import Table
from tests.own_site import WebServer

MANY, FEW = 100_000, 100
READERS = 1_000
ROUNDS, REQUESTS, ACTS = 3, 30, 10
APPROVED_AT_ONCE = 100
MOST_QUERIES = 15
MOST_MILLISECONDS, MOST_FOR_AN_ACT = 40, 100
TRIVIAL = 0.31  # milliseconds, at the same server behind the same middleware
DESK, API = "/admin/comments/", "/api/v1/moderation/comments/"
PATHS = {
    "desk": DESK,
    "with one reason": f"{DESK}?status=pending&reason=links",
    "a search in vain": f"{DESK}?status=pending&q=nobody+says+this",
    "API list": f"{API}?limit=25",
    "Wagtail's first page": "/admin/",
    "a trivial template": "/trivial/20000/",
}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def measure(server: WebServer, posts: dict[int, Page], table: Table) -> None:
    moderator = get_user_model().objects.get(username="moderator")
    with transaction.atomic():  # the worker forgets readers who have said nothing
        crowd.readers([f"waiting{number}@example.org" for number in range(READERS)])
        by = list(Reader.objects.order_by("-pk").values_list("pk", flat=True)[:READERS])
        ReaderComment.objects.filter(status=Status.PENDING).update(status=Status.TRASH)
        crowd.wait(posts[AGAINST], FEW, by)
        many = crowd.wait(posts[AGAINST], MANY, by)
    analyse()
    page, program = _signed_in(server.port, moderator), _with_token(server.port, moderator)
    rounds = [_round(server, page, program, many) for _ in range(1 + ROUNDS)][1:]
    _tell(table, rounds)
    table.at_most("S7 queries of the desk", _queries(moderator), MOST_QUERIES, "queries")
    act = _approving(server, page, many)
    table.at_most(f"S7 approving {APPROVED_AT_ONCE} in one act", act, MOST_FOR_AN_ACT, "ms")


def _round(server: WebServer, page: Door, program: Door, many: list[int]) -> dict[tuple[str, int], float]:
    """Return CPU milliseconds a request, of each list with few held and with many."""
    costs = {}
    for size, status in ((FEW, Status.SPAM), (MANY, Status.PENDING)):
        ReaderComment.objects.filter(pk__gte=many[0], pk__lte=many[-1]).update(status=status)
        for name, path in PATHS.items():
            door = program if path.startswith(API) else page
            costs[name, size] = _cost(server, door, path)
    return costs


def _cost(server: WebServer, door: Door, path: str) -> float:
    door.open()
    door.get(path)
    requests = 20 * REQUESTS if path.startswith("/trivial/") else REQUESTS  # processor time comes in 10 ms
    before = server.cpu_seconds()
    for _ in range(requests):
        door.get(path)
    return (server.cpu_seconds() - before) * 1000 / requests


def _tell(table: Table, rounds: list[dict[tuple[str, int], float]]) -> None:
    for name in PATHS:
        milliseconds = median(each[name, MANY] for each in rounds)
        if name == "desk":
            table.at_most("S7 desk, 100,000 held", milliseconds, MOST_MILLISECONDS, "ms")
            reckoned = median(
                TRIVIAL * each[name, MANY] / each["a trivial template", MANY] for each in rounds
            )
            table.tell(f"S7 the same, a trivial one at {TRIVIAL} ms", f"{reckoned:.1f} ms")
            times = median(each[name, MANY] / each[name, FEW] for each in rounds)
            table.at_most("S7 desk, against 100 held", times, MOST_TIMES_DEARER, "times")
        else:
            few = median(each[name, FEW] for each in rounds)
            table.tell(f"S7 {name}, 100,000 held and 100", f"{milliseconds:.2f} and {few:.2f} ms")


def _queries(moderator: AbstractBaseUser) -> int:
    client = Client(headers={"host": "localhost"})
    client.force_login(moderator)
    client.get(DESK)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(DESK).status_code == 200
    return len(seen)


def _approving(server: WebServer, door: Door, many: list[int]) -> float:
    """Return CPU milliseconds of an act, the median of some."""
    door.open()
    token = TOKEN.search(door.get(DESK).decode()).group(1)
    spent = []
    for act in range(ACTS):
        pks = many[act * APPROVED_AT_ONCE : (act + 1) * APPROVED_AT_ONCE]
        ticked = [("comment", f"{pk}:1") for pk in pks]
        body = urlencode([("csrfmiddlewaretoken", token), ("do", "approve"), *ticked])
        before = server.cpu_seconds()
        assert door.post(f"{DESK}batch/", body, FORM) == 303
        spent.append((server.cpu_seconds() - before) * 1000)
    approved = ReaderComment.objects.filter(pk__in=many[: ACTS * APPROVED_AT_ONCE], status=Status.APPROVED)
    assert approved.count() == ACTS * APPROVED_AT_ONCE
    return median(spent)


def _signed_in(port: int, moderator: AbstractBaseUser) -> Door:
    client = Client(headers={"host": "localhost"})
    client.force_login(moderator)
    client.get(DESK)  # for the CSRF cookie
    return Door(port, Cookie="; ".join(f"{name}={each.value}" for name, each in client.cookies.items()))


def _with_token(port: int, moderator: AbstractBaseUser) -> Door:
    made = StringIO()
    call_command("api_tokens", "create", user=moderator.get_username(), name="a bench", stdout=made)
    return Door(port, Authorization=f"Bearer {made.getvalue().strip()}")

"""V2: whether the time of an answer tells if an address is known."""

import random
import time
from collections.abc import Callable
from statistics import mean, median

from wagtail.models import Page

from tests.bench import crowd
from tests.bench.door import Door, comment, sent_by
from tests.bench.pages import AGAINST
from tests.bench.table import Table
from tests.own_site import WebServer

PAIRS = 1_500
RESAMPLED = 1_000
MOST_UNSURE = 0.002  # seconds; a wider interval says only that the machine was busy
FIRST_NUMBER = 10_000_000  # apart from what other measurements send


def known(number: int) -> str:
    return f"known{number}@example.org"


def unknown(number: int) -> str:
    return f"other{number}@example.org"


def make_readers() -> None:
    crowd.readers([known(number) for number in range(PAIRS)])


def measure(server: WebServer, posts: dict[int, Page], table: Table) -> None:
    pairs = _pairs(server.port, posts[AGAINST].get_url())
    for name, middle in (("medians", median), ("means", _trimmed_mean)):
        low, high = _interval(pairs, middle)
        seen = f"{low * 1e6:+.0f} to {high * 1e6:+.0f} µs"
        met = low <= 0 <= high and high - low <= MOST_UNSURE
        table.holds(f"V2 known less unknown, {name}, 95 %", seen, "spans 0, not 2 ms", met=met)
    table.tell("V2 an answer takes", f"{median(one for pair in pairs for one in pair) * 1000:.2f} ms")


def _pairs(port: int, url: str) -> list[tuple[float, float]]:
    """Seconds for a known and an unknown address, side by side; each is first every other time."""
    door = Door(port)
    hidden = door.hidden_fields(url)
    pairs = []
    for number in range(PAIRS):
        seconds = {}
        for address in _alternating(number):
            body = comment(hidden, _numbered(number, address), address=address, notify=number % 4 > 1)
            seconds[address] = _seconds(door, url, body, _numbered(number, address))
        pairs.append((seconds[known(number)], seconds[unknown(number)]))
    return pairs


def _alternating(number: int) -> list[str]:
    return sorted([known(number), unknown(number)], reverse=bool(number % 2))


def _numbered(number: int, address: str) -> int:
    return FIRST_NUMBER + 2 * number + address.startswith("known")


def _seconds(door: Door, url: str, body: str, number: int) -> float:
    headers = sent_by(number)
    before = time.perf_counter()
    assert door.post(url, body, headers) == 303
    return time.perf_counter() - before


def _interval(
    pairs: list[tuple[float, float]], middle: Callable[[list[float]], float]
) -> tuple[float, float]:
    """The 95 % interval of the difference, by drawing the pairs again and again."""
    dice = random.Random(2)
    drawn = []
    for _ in range(RESAMPLED):
        again = dice.choices(pairs, k=len(pairs))
        drawn.append(middle([one for one, _ in again]) - middle([other for _, other in again]))
    drawn.sort()
    return drawn[int(0.025 * RESAMPLED)], drawn[int(0.975 * RESAMPLED) - 1]


def _trimmed_mean(values: list[float]) -> float:
    """Without the slowest twentieth: what else the machine did."""
    return mean(sorted(values)[: len(values) * 19 // 20])

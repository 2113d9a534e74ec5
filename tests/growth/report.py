"""Asks at every door, and prints what that costs at one size beside another."""

import sys
from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.test import Client

from cms.rate_limit.models import Bucket
from tests.conftest import signed_in, visitor
from tests.growth import public_doors, staff_doors
from tests.growth.meters import Cost, measure

MOST = 2.0  # times the demo
FREE_ROWS = {"sqlite": 20_000, "postgresql": 1000}
LEAST_MILLISECONDS = 10.0  # below which a ratio says nothing
MILLISECONDS = {"search": 100.0, "found": 100.0, "desk": 150.0, "decisions of a year": 1000.0}
COLUMNS = "{:<44} {:>10} {:>10} {:>9} {:>9} {:>6} {:>9} {:>9}  {}\n"


def costs_of_all(only: list[str]) -> dict[str, Cost]:
    """Return what each door costs: for a visitor, and for an administrator."""
    owner = signed_in(get_user_model().objects.filter(is_superuser=True).first())
    return costs(only) | costs(only, staff_doors.doors(), client=owner)


def costs(
    only: list[str],
    doors: Mapping[str, str] | None = None,
    times: int = 3,
    client: Client | None = None,
) -> dict[str, Cost]:
    """Return what each door costs, ``times`` taken; ``only`` are words in the names of doors."""
    client = client or visitor()
    found: dict[str, Cost] = {}
    for name, address in (public_doors.doors() if doors is None else doors).items():
        if only and not any(word in name for word in only):
            continue
        Bucket.objects.all().delete()  # who searches this often is asked to wait
        found[name] = measure(lambda address=address: client.get(address), times)
        sys.stderr.write(".")
        sys.stderr.flush()
    sys.stderr.write("\n")
    return found


def compare(small: Mapping[str, Cost], large: Mapping[str, Cost]) -> bool:
    """Print both, and return whether every door is flat."""
    head = ("What", "rows", "rows", "ms", "ms", "times", "bytes", "bytes", "flat")
    sys.stdout.write(COLUMNS.format(*head))
    held = True
    for name, cost in large.items():
        before = small.get(name, Cost())
        ratio = cost.milliseconds / before.milliseconds if before.milliseconds else 0.0
        flat = is_flat(name, before, cost)
        held &= flat
        shown = (
            name,
            f"{before.rows:,}",
            f"{cost.rows:,}",
            f"{before.milliseconds:.1f}",
            f"{cost.milliseconds:.1f}",
            f"{ratio:.2f}",
            f"{before.size:,}",
            f"{cost.size:,}",
            "yes" if flat else f"NO {cost.status}: {cost.worst[:300]}",
        )
        sys.stdout.write(COLUMNS.format(*shown))
    return held


def is_flat(name: str, before: Cost, cost: Cost) -> bool:
    most = MOST * max(before.milliseconds, LEAST_MILLISECONDS)
    given = [milliseconds for words, milliseconds in MILLISECONDS.items() if words in name]
    return cost.milliseconds <= max([most, *given])

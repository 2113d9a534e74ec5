"""A site about a hundred times as large: what readers ask for reads hardly more rows than before."""

import pytest

from tests.growth import fill, ground, public_doors, report
from tests.growth.meters import Cost

SIZES = fill.Sizes(posts=1000, comments=10_000, readers=1000, messages=1000, pictures=1000)
MORE = 15_000  # steps of SQLite: a list read to its end takes several times that
COUNTED = ("blog", "API: categories", "API: authors")  # they say how many posts there are, and count them
SORTED = ("API: posts by category",)  # SQLite sorts all posts of one
CAPPED = ("sitemap", "search", "API: search", "API: posts found", "API: tags", "Wagtail's API")  # at 1,000
pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db,
]  # PostgreSQL reads small tables whole: `make growth`


def costs() -> dict[str, Cost]:
    return report.costs([], public_doors.doors(ground.COMMON, ground.MANY_WORDS), times=0)


def test_what_readers_ask_for_reads_hardly_more_where_there_is_a_hundred_times_as_much():
    ground.make()
    small = costs()
    fill.fill(SIZES)

    large = costs()

    report.compare(small, large)
    steep = {name: (cost.rows, cost.worst) for name, cost in large.items() if cost.rows > most(small, name)}
    assert steep == {}


def most(small: dict[str, Cost], name: str) -> int:
    """Return how many steps a door may take: twice as many as before, and some."""
    times = 4 if name.startswith(COUNTED + SORTED) else 12 if name.startswith(CAPPED) else 1
    return 2 * (small[name].rows if name in small else 0) + times * MORE

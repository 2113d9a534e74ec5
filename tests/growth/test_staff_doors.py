"""The desk reads what it shows, and a chore what it changes, whatever else the site holds."""

import pytest

from blog.comments.desk import lists
from blog.comments.notifications import notices
from blog.comments.reading import queries
from cms.outbox import actions as outbox
from cms.outbox import budget
from cms.outbox.models import Delivery
from tests.conftest import signed_in
from tests.growth import fill, ground, sql, staff_doors
from tests.growth.meters import Cost, rows_counted

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db,
]  # PostgreSQL reads small tables whole: `make growth`
SIZES = fill.Sizes(posts=80, comments=6000, readers=600, messages=50, pictures=90)
AT_ONCE = 50
MOST = 6_000  # steps of SQLite for one statement: an eighth of the comments, and less
FLAT = ("desk", "person", "comment", "bans", "API")


@pytest.fixture
def filled(monkeypatch):
    monkeypatch.setattr(lists, "LOOKED_THROUGH", AT_ONCE)
    monkeypatch.setattr(queries, "MOST_COUNTED", AT_ONCE)
    ground.make()
    fill.fill(SIZES)
    sql.analyse()


def read(act) -> Cost:
    cost = Cost()
    with rows_counted(cost):
        act()
    return cost


def worst(cost: Cost) -> int:
    return cost.by.get(cost.worst, 0)


def test_no_list_of_the_desk_reads_all_comments(filled, admin):
    client = signed_in(admin)
    client.get("/admin/comments/")

    costs = {
        name: read(lambda address=address: client.get(address))
        for name, address in staff_doors.doors().items()
        if any(word in name for word in FLAT)
    }

    too_many = {f"{name}: {worst(cost)}": cost.worst for name, cost in costs.items() if worst(cost) > MOST}
    assert not too_many


def test_a_chore_reads_what_it_changes(filled):
    row = Delivery.objects.order_by("pk").last()
    chores = {
        "digests": notices.queue_digests,
        "forget finished": outbox.forget_finished,
        "budget": lambda: budget.take(row, most=5),
    }

    costs = {name: read(chore) for name, chore in chores.items()}

    assert not {f"{name}: {worst(cost)}": cost.worst for name, cost in costs.items() if worst(cost) > MOST}

"""
What the decisions of some days add up to: how many, by whom, and how long comments had waited for them.

A percentile is the nearest rank: a time that a comment really waited. All is read in one statement and
added up here: a database would sort everything once for every table of percentiles.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Case, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy

from blog.comments.models import Decision
from blog.comments.states import Actor, Status
from cms.credentials.staff import Staff

MEDIAN, MOST = 50, 95
DAYS = pgettext_lazy("a time, such as 2 d 3 h", "%(number)s d")
HOURS = pgettext_lazy("a time, such as 2 d 3 h", "%(number)s h")
MINUTES = pgettext_lazy("a time, such as 3 h 20 min", "%(number)s min")


@dataclass(slots=True)
class Figures:
    """How many decisions, by what they made of the comment, and how many seconds each had been waited for."""

    number: int = 0
    deleted: int = 0
    to: Counter[str] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list, repr=False)

    def add(self, to: str, comment: int | None, waited: int | None) -> None:
        self.number += 1
        self.deleted += comment is None
        self.to[to] += 1
        if waited is not None:
            self.waits.append(waited)

    @classmethod
    def sum(cls, parts: Iterable["Figures"]) -> "Figures":
        total = cls()
        for part in parts:
            total.number += part.number
            total.deleted += part.deleted
            total.to += part.to
            total.waits += part.waits
        return total

    @property
    def in_order(self) -> list[int]:
        """What the decisions made of the comments, a number for each state."""
        return [self.to[status] for status in Status]

    @property
    def median(self) -> int | None:
        return self._waited_at_most(MEDIAN)

    @property
    def most(self) -> int | None:
        return self._waited_at_most(MOST)

    @property
    def waited(self) -> tuple[str, str]:
        return spelt(self.median), spelt(self.most)

    def _waited_at_most(self, percent: int) -> int | None:
        self.waits.sort()
        rank = (len(self.waits) * percent + 99) // 100
        return self.waits[rank - 1] if rank else None


@dataclass(frozen=True, slots=True)
class Statistics:
    """``days`` has all of them, ``people`` everyone who decided, the busiest first."""

    days: list[tuple[date, Figures]]
    people: list[tuple[str, Figures]]
    total: Figures


def decided(
    first: date, last: date, *, user: Staff | None = None, to: str = "", actor: str = ""
) -> QuerySet[Decision]:
    """Return the decisions from one day to another, both included, the newest first."""
    found = Decision.objects.filter(at__gte=_midnight(first), at__lt=_midnight(last + timedelta(days=1)))
    wanted = {"user": user, "to_status": to, "actor": actor}
    return found.filter(**{name: value for name, value in wanted.items() if value}).order_by("-at", "-pk")


def add_up(found: QuerySet[Decision], first: date, last: date) -> Statistics:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    by_day: defaultdict[int, Figures] = defaultdict(Figures)
    by_person: defaultdict[tuple[str, int | None], Figures] = defaultdict(Figures)
    read = found.order_by().annotate(day=_day_of(days))
    columns = ("day", "actor", "user_id", "to_status", "comment_id", "waited")
    for day, actor, user, to, comment, waited in read.values_list(*columns).iterator():
        by_day[day].add(to, comment, waited)
        by_person[actor, user].add(to, comment, waited)
    return Statistics(
        [(day, by_day[day.toordinal()]) for day in days], _named(by_person), Figures.sum(by_day.values())
    )


def spelt(seconds: int | None) -> str:
    """Write a duration as people do, by its two largest parts."""
    if seconds is None:
        return "–"
    minutes = seconds // 60
    parts = ((minutes // 1440, DAYS), (minutes // 60 % 24, HOURS), (minutes % 60, MINUTES))
    given = [unit % {"number": number} for number, unit in parts if number]
    return " ".join(given[:2]) or gettext("under a minute")


def _named(by_person: dict[tuple[str, int | None], Figures]) -> list[tuple[str, Figures]]:
    users = get_user_model().objects.in_bulk([user for _, user in by_person if user])
    people = []
    for (actor, user), line in by_person.items():
        name = users[user].get_username() if user in users else gettext("A deleted account")
        people.append((name if actor == Actor.PERSON else str(Actor(actor).label), line))
    return sorted(people, key=lambda each: (-each[1].number, each[0]))


def _day_of(days: list[date]) -> Combinable:
    """
    Say in SQL on which of the days a decision was made, in the time zone of whoever reads the statistics.

    By halves: a day of a year is found in nine comparisons. TruncDate is a call of Python a row on SQLite.
    """
    if len(days) == 1:
        return Value(days[0].toordinal())
    middle = len(days) // 2
    earlier = When(at__lt=_midnight(days[middle]), then=_day_of(days[:middle]))
    return Case(earlier, default=_day_of(days[middle:]))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

"""
What the moderators' lists show, whatever they are narrowed to, at a cost that is bounded with 100,000 held.

A list walks one index: that of its tab, of a person, or of a tab's comments on a page or with a reason.
What is asked besides is read from the rows, and no more than LOOKED_THROUGH of them at once.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page

from blog.comments.desk.filters import Filter
from blog.comments.models import Decision, ReaderComment
from blog.comments.reading import queries
from cms.reading import keyset

LOOKED_THROUGH = 100_000
MOST_POSTS_OFFERED = 30


class Found(NamedTuple):
    """
    A page of a list. ``next_after`` is the id the next one goes on after; None at the end.

    ``cut``: this one ends where LOOKED_THROUGH comments were read, whatever was found among them.
    """

    comments: list[ReaderComment]
    next_after: int | None
    cut: bool


NOTHING = Found([], None, cut=False)


class Extent(NamedTuple):
    """
    How many comments match, none counted beyond MOST_COUNTED, and the ids they lie between, both included.

    What arrives later lies outside. ``cut`` as in Found.
    """

    number: int
    first: int
    last: int
    cut: bool


class Piece(NamedTuple):
    """Some of those that match: id to version of those not touched since, and how many were."""

    seen: dict[int, int]
    touched: int
    last: int


def page(wanted: Filter, *, after: int = 0, limit: int) -> Found:
    """Return the comments that come after one: held ones oldest first, others newest first."""
    matching, edge = _bounded(wanted, after)
    if not _answered_by_its_index(wanted):
        # the keys first: PostgreSQL would else join all comments there are before it searches them
        keys = list(matching.values_list("pk", flat=True)[: limit + 1])
        matching = _sorted(ReaderComment.objects.filter(pk__in=keys), wanted)
    comments = queries.cards(matching, limit + 1)
    more, comments = len(comments) > limit, comments[:limit]
    cut = edge is not None and not more
    return Found(comments, edge if cut else comments[-1].pk if more else None, cut)


def extent(wanted: Filter) -> Extent:
    """Return how many match now. Nothing that is sent from now on is among them."""
    newest = ReaderComment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    matching, edge = _bounded(wanted, 0)
    matching = matching.filter(pk__lte=newest)
    number = queries.bounded_count(matching)
    if wanted.oldest_first:
        return Extent(number, 1, edge or newest, edge is not None)
    return Extent(number, edge or 1, newest, edge is not None)


def piece(wanted: Filter, *, first: int, last: int, since: datetime, size: int) -> Piece | None:
    """
    Return the first of those that match between two ids; None at the end.

    A comment counts as touched if there is a decision about it after the time ``since``.
    """
    touched = Decision.objects.filter(comment=OuterRef("pk"), at__gt=since)
    matching = _matching(wanted).filter(pk__gte=first, pk__lte=last).order_by("pk")
    rows = list(matching.annotate(touched=Exists(touched)).values_list("pk", "version", "touched")[:size])
    if not rows:
        return None
    seen = {pk: version for pk, version, touched in rows if not touched}
    return Piece(seen, len(rows) - len(seen), rows[-1][0])


def undoable(act: UUID, *, after: int = 0) -> QuerySet[Decision]:
    """Return the decisions of an act that are still the last about their comments, with those, by key."""
    later = Decision.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
    standing = Decision.objects.filter(~Exists(later), act=act, comment__isnull=False)
    return keyset.after(standing.select_related("comment"), after)


def posts_offered() -> list[tuple[int, str]]:
    """Return id and title of the newest pages that have comments."""
    commented = Exists(ReaderComment.objects.filter(page=OuterRef("pk")))
    return list(
        Page.objects.filter(commented).order_by("-pk").values_list("pk", "title")[:MOST_POSTS_OFFERED]
    )


def _bounded(wanted: Filter, after: int) -> tuple[QuerySet[ReaderComment], int | None]:
    """Return those that match after an id, and the id where looking ends; None: there is no need to end."""
    matching = keyset.after(_matching(wanted), after, newest_first=not wanted.oldest_first)
    if _answered_by_its_index(wanted):
        return matching, None
    walked = keyset.after(_walked(wanted), after, newest_first=not wanted.oldest_first)
    edge = walked.values_list("pk", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
    if edge is None:
        return matching, None
    return matching.filter(**{"pk__lte" if wanted.oldest_first else "pk__gte": edge}), edge


def _answered_by_its_index(wanted: Filter) -> bool:
    """Say whether the index that is walked answers all that is asked."""
    asked = [wanted.person, wanted.post, wanted.reason and wanted.oldest_first]
    read = [wanted.words, wanted.since, wanted.until, wanted.reason and not wanted.oldest_first]
    return not any(read) and sum(map(bool, asked)) <= 1


def _walked(wanted: Filter) -> QuerySet[ReaderComment]:
    """The index whose entries are read one after the other."""
    if wanted.person:
        return _sorted(ReaderComment.objects.filter(reader=wanted.person), wanted)
    rows = _sorted(queries.in_tab(wanted.status), wanted)
    if wanted.post:
        return rows.filter(page__in=wanted.pages)
    return rows.filter(reason=wanted.reason) if wanted.reason and wanted.oldest_first else rows


def _matching(wanted: Filter) -> QuerySet[ReaderComment]:
    rows = _sorted(queries.in_tab(wanted.status), wanted)
    if wanted.person:
        rows = rows.filter(reader=wanted.person)
    if wanted.post:
        rows = rows.filter(page__in=wanted.pages)
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    if wanted.since:
        rows = rows.filter(submit_date__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(submit_date__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.words:
        rows = rows.filter(Q(comment__icontains=wanted.words) | Q(user_name__icontains=wanted.words))
    return rows


def _sorted(rows: QuerySet[ReaderComment], wanted: Filter) -> QuerySet[ReaderComment]:
    return rows.order_by("pk" if wanted.oldest_first else "-pk")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

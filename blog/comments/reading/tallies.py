"""How many comments pages have, for the people who write and run them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import CharField, Count, Max, QuerySet, Value
from wagtail.models import Page

from blog.comments.models import Decision, ReaderComment

LOOKED_AMONG = 100


class Tally(NamedTuple):
    approved: int = 0
    waiting: int = 0


def of(pages: Iterable[int]) -> dict[int, Tally]:
    """Return the numbers of those pages that have any, in one query."""
    pages = list(pages)
    kinds = {"approved": ReaderComment.objects.approved(), "waiting": ReaderComment.objects.held()}
    first, second = (_counted(found.filter(page__in=pages), kind) for kind, found in kinds.items())
    tallies: dict[int, Tally] = {}
    for page, kind, number in first.union(second, all=True):
        tallies[page] = tallies.get(page, Tally())._replace(**{kind: number})
    return tallies


def newest(page: Page, number: int, *, also_held: bool) -> list[ReaderComment]:
    """Return the newest comments of a page that a visitor can read, and what waits if asked."""
    kinds = [ReaderComment.objects.approved(), *([ReaderComment.objects.held()] if also_held else [])]
    # each kind by its own index, which has them in order: asked together they would all be sorted
    found = {each.pk: each for kind in kinds for each in kind.on(page).order_by("-pk")[:number]}
    return [found[pk] for pk in sorted(found, reverse=True)[:number]]


def longest_waiting(number: int) -> list[ReaderComment]:
    """Return what has waited longest of the LOOKED_AMONG that came first, each with ``waiting_since``."""
    first = list(ReaderComment.objects.held().values_list("pk", flat=True)[:LOOKED_AMONG])
    decided = Decision.objects.filter(comment__in=first).order_by().values("comment").annotate(Max("at"))
    since = dict(decided.values_list("comment", "at__max"))
    longest = sorted(since, key=lambda pk: (since[pk], pk))[:number]
    found = ReaderComment.objects.select_related("page").in_bulk(longest)
    for pk, comment in found.items():
        comment.waiting_since = since[pk]
    return [found[pk] for pk in longest if pk in found]


def _counted(found: QuerySet[ReaderComment], kind: str) -> QuerySet:
    rows = found.order_by().values("page_id").annotate(kind=Value(kind, CharField()), number=Count("*"))
    return rows.values_list("page_id", "kind", "number")

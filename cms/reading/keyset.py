"""Lists in pages by key: a page starts after the last key of the one before, at one price wherever it is."""

from typing import Any, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet)
Row = TypeVar("Row")


def after(rows: Rows, key: Any, *, newest_first: bool = False) -> Rows:
    """Return the rows in the order of their keys, from after one; from the start where there is none (0)."""
    rows = rows.order_by("-pk" if newest_first else "pk")
    return rows.filter(**{"pk__lt" if newest_first else "pk__gt": key}) if key else rows


def page(rows: QuerySet[Any, Row], limit: int) -> tuple[list[Row], bool]:
    """Return the first rows, and whether there are more."""
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit

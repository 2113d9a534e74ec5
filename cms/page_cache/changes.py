"""What has changed since a process last looked: one indexed query."""

from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from wagtail.models import Site

from cms.page_cache.models import Change
from cms.page_cache.watched import SITE

EVERYTHING = "everything"  # a subject that all show
PAUSED = "paused"  # a note that stands while the tables are altered
KEPT = timedelta(hours=1)  # as long as notes of PostgreSQL are, of transactions that may last

_SQLITE = f"SELECT id, subject FROM {Change._meta.db_table} WHERE id >= %s OR subject = %s"  # noqa: S608 -- constants
# No transaction before the oldest that runs will write a note any more: the next look begins with that one.
_POSTGRESQL = f"""
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, id, subject
    FROM (SELECT 1) AS one LEFT JOIN {Change._meta.db_table} ON xid >= %s OR subject = %s
"""  # noqa: S608 -- constants


class Place(NamedTuple):
    """How far a process has looked: which notes it has seen from some id or transaction on."""

    since: int = 0
    seen: frozenset[int] = frozenset()


class Look(NamedTuple):
    """``subjects`` have changed since the last look; ``paused`` says that changes are not noted now."""

    place: Place
    subjects: frozenset[str]
    paused: bool


def look(last: Place | None) -> Look:
    """Return what has changed since a place; everything, if there is none. Raises DatabaseError."""
    place, notes, whole = (_of_sqlite if connection.vendor == "sqlite" else _of_postgresql)(last or Place())
    subjects = frozenset(subject for pk, subject in notes if last is None or pk not in last.seen)
    if last is None or not whole:
        subjects |= {EVERYTHING}
    if not subjects.isdisjoint({SITE, EVERYTHING}):
        Site.clear_site_root_paths_cache()  # another process may have changed them
    return Look(place, subjects - {PAUSED}, any(subject == PAUSED for _, subject in notes))


Notes = list[tuple[int, str]]


def _of_sqlite(last: Place) -> tuple[Place, Notes, bool]:
    """One process writes at a time: a later note has a higher id. The last stays until there is another."""
    with connection.cursor() as cursor:
        cursor.execute(_SQLITE, [last.since, PAUSED])
        notes = cursor.fetchall()
    newest = max((pk for pk, _ in notes), default=0)
    return Place(newest, frozenset({newest})), notes, newest >= last.since


def _of_postgresql(last: Place) -> tuple[Place, Notes, bool]:
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL, [last.since, PAUSED])
        rows = cursor.fetchall()
    oldest, notes = rows[0][0], [(pk, subject) for _, pk, subject in rows if pk is not None]
    return Place(oldest, frozenset(pk for pk, _ in notes)), notes, oldest >= last.since


def forget_old() -> None:
    """Delete what every process has seen; one that has not looked for as long takes all to have changed."""
    Change.objects.filter(at__lt=timezone.now() - KEPT, xid__gt=0).delete()

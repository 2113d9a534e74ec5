"""
SQL that both databases take: rows by number, and copies of a row with other values in some columns.

What is copied brings every column there is, so that a new one needs no word here.
"""

from collections.abc import Iterable, Mapping

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

NUMBERS = "growth_numbers"
FROM_NUMBERS = f"{NUMBERS} AS n"


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def value(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def begin(most: int) -> None:
    """Make the table of numbers, from 1 to the most that are needed."""
    run(f"DROP TABLE IF EXISTS {NUMBERS}")
    run(f"CREATE TEMPORARY TABLE {NUMBERS} (n integer PRIMARY KEY)")
    run(
        f"INSERT INTO {NUMBERS} WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted "
        f"WHERE n < {most}) SELECT n FROM counted"
    )


def last_key(model: type[Model]) -> int:
    pk = model._meta.pk.column
    return value(f'SELECT COALESCE(MAX("{pk}"), 0) FROM "{model._meta.db_table}"')


def copies(
    model: type[Model],
    rows: str,
    values: Mapping[str, str],
    *,
    source: str = FROM_NUMBERS,
) -> None:
    """
    Insert into the table of a model: for each row of ``source``, a copy of the row that ``rows`` names.

    ``rows`` is an SQL condition on ``t``, the table itself; ``values`` has SQL for the columns that differ.
    A key that is drawn by the database is left out unless it is among them.
    """
    columns = [
        field.column
        for field in model._meta.local_concrete_fields
        if not field.generated and (field.column in values or not _is_drawn(field))
    ]
    unknown = values.keys() - set(columns)
    assert not unknown, f"{model.__name__} has no {unknown}"
    chosen = ", ".join(values.get(column, f't."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    run(f'INSERT INTO "{table}" ({named}) SELECT {chosen} FROM {source} JOIN "{table}" AS t ON {rows}')


def _is_drawn(field: object) -> bool:
    return field.primary_key and field.remote_field is None and field.db_returning


def go_on_after(models: Iterable[type[Model]]) -> None:
    """Let the database draw keys after those that were given."""
    for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
        run(statement)


def analyse() -> None:
    run("ANALYZE")


def of_vendor(sqlite: str, postgresql: str) -> str:
    return postgresql if connection.vendor == "postgresql" else sqlite


def ago(minutes: str) -> str:
    """The moment so many minutes ago."""
    return of_vendor(
        f"strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || ({minutes}) || ' minutes')",
        f"now() - ({minutes}) * interval '1 minute'",
    )


def days_ago(days: str) -> str:
    return of_vendor(f"date('now', '-' || ({days}) || ' days')", f"current_date - CAST({days} AS integer)")


def uuid() -> str:
    return of_vendor("LOWER(HEX(RANDOMBLOB(16)))", "gen_random_uuid()")


def place(number: str) -> str:
    """One step of a path in the tree: a number in four digits of base 36."""
    digits = "'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
    powers = (46656, 1296, 36, 1)
    return " || ".join(f"SUBSTR({digits}, 1 + (({number}) / {power}) % 36, 1)" for power in powers)

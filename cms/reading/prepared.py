"""
Statements whose SQL is written once, for the few paths with the most traffic.

Django writes the SQL of a query anew each time it is asked, and that takes many times as long as the answer
of SQLite. ``prepared`` keeps what the ORM has written, with places for the values; ``insert`` writes one row
of one table. Values and objects are converted and made by the ORM's own parts; ``save`` sends signals, this
does not.

It is for what is measured to earn its place. In November 2026 a post page with 50 comments took, in processor
time, 11 % more without it for the thread, 7 to 13 % for the related posts and 13 % for the menu. A page that
is found by its slug, its site and the site's settings matter less there (3.5 %, 1.8 %, nothing clear); but
each comment that is sent asks for them too, and took 65 % more without it for site and settings.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, update_wrapper
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql.compiler import SQLCompiler

_PLACE = re.compile(r"(?<!%)%s")


class Given(Expression):
    """
    A place in a prepared query for a text or a number, or for ``many`` of them in a list.

    ``field`` converts what is neither, such as a moment.
    """

    def __init__(self, name: str, field: Field | None = None, *, many: bool = False) -> None:
        super().__init__(output_field=field or CharField())
        self.name = name
        self.kind = field
        self.many = many

    def as_sql(  # type: ignore[override]  # ``Prepared`` puts values in the place of the parameter
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list["Given"]]:
        return "%s", [self]

    def values(self, given: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
        """Return what goes into the place, as the database takes it."""
        found = list(given[self.name]) if self.many else [given[self.name]]
        if self.kind is None:
            return found
        return [self.kind.get_db_prep_value(value, connection) for value in found]


class Prepared:
    """A query that is called with its values and returns a list, as the queryset would."""

    def __init__(self, build: Callable[[], QuerySet]) -> None:
        update_wrapper(self, build)
        self.build = build
        self.written: dict[str, _Written] = {}

    def __call__(self, **given: Any) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        written = self.written.get(connection.vendor)
        if written is None:
            written = self.written[connection.vendor] = _write(self.build(), connection)
        return list(written.ask(given, connection))

    def first(self, **given: Any) -> Any:
        """Return the first row, or None; the query says itself how many it reads."""
        return next(iter(self(**given)), None)


def prepared(build: Callable[[], QuerySet]) -> Prepared:
    """Prepare the query a function returns. It is written when it is first asked."""
    return Prepared(build)


@dataclass(frozen=True)
class _Written:
    """``pieces`` of SQL between the places, what goes into these, and who makes objects of rows, and how."""

    pieces: list[str]
    params: tuple[Any, ...]
    compiler: SQLCompiler
    objects: type

    @cached_property
    def sql(self) -> str | None:
        """The whole statement; None where its length depends on what is given."""
        many = any(isinstance(param, Given) and param.many for param in self.params)
        return None if many else "%s".join(self.pieces)

    @cached_property
    def converters(self) -> dict[int, tuple]:
        return self.compiler.get_converters([column for column, *_ in self.compiler.select])

    def ask(self, given: dict[str, Any], connection: BaseDatabaseWrapper) -> Iterable[Any]:
        filled = [
            param.values(given, connection) if isinstance(param, Given) else [param] for param in self.params
        ]
        with _cursor(connection) as cursor:
            cursor.execute(self.sql or self._long(filled), [value for values in filled for value in values])
            rows = cursor.fetchall()
        return self.objects(self._answered(rows, connection)) if rows else ()

    def _long(self, filled: list[list[Any]]) -> str:
        places = (", ".join(["%s"] * len(values)) or "NULL" for values in filled)
        return "".join(part for pair in zip(self.pieces, [*places, ""], strict=True) for part in pair)

    def _answered(self, rows: list[tuple], connection: BaseDatabaseWrapper) -> SimpleNamespace:
        """What Django's own makers of objects ask a queryset for, with the answer already there."""
        compiler = object.__new__(type(self.compiler))  # what copy.copy does, in fewer steps
        vars(compiler).update(
            vars(self.compiler),
            connection=connection,
            get_converters=lambda columns: self.converters,
            execute_sql=lambda *args, **kwargs: [rows],
        )
        query = SimpleNamespace(get_compiler=lambda using=None: compiler)
        return SimpleNamespace(db=connection.alias, query=query, _known_related_objects={})


def _write(asked: QuerySet, connection: BaseDatabaseWrapper) -> _Written:
    """Raises ValueError for prefetch_related, which would be dropped without a word."""
    if asked._prefetch_related_lookups:  # type: ignore[attr-defined]  # the stubs leave it out
        raise ValueError("A prepared query cannot prefetch: read the related rows separately.")
    compiler = asked.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    return _Written(_PLACE.split(sql), tuple(params), compiler, asked._iterable_class)


def insert(row: Model, *, into: type[Model] | None = None, ignore_conflicts: bool = False) -> bool:
    """
    Write one row of one table: ``into`` names which, where a model has parents. Give it its key.

    False when ``ignore_conflicts`` and such a row is there already. Raises IntegrityError.
    """
    model, connection = into or type(row), connections[DEFAULT_DB_ALIAS]
    sql, fields, key = _insertion(connection.vendor, model, ignore_conflicts)
    params = [field.get_db_prep_save(_value(row, field), connection) for field in fields]
    with _cursor(connection) as cursor:
        cursor.execute(sql, params)
        answer = cursor.fetchone()
    if answer is None:
        return False
    setattr(row, key, answer[0])
    return True


@lru_cache(maxsize=64)
def _insertion(vendor: str, model: type[Model], ignore_conflicts: bool) -> tuple[str, tuple[Field, ...], str]:
    """Return the statement for a table, what goes into it, and what its key is called."""
    connection = connections[DEFAULT_DB_ALIAS]
    quote, options = connection.ops.quote_name, model._meta
    fields = tuple(each for each in options.local_concrete_fields if not (each.generated or _is_drawn(each)))
    on_conflict = OnConflict.IGNORE if ignore_conflicts else None
    parts = (
        connection.ops.insert_statement(on_conflict),
        quote(options.db_table),
        f"({', '.join(quote(field.column) for field in fields)})",
        f"VALUES ({', '.join(['%s'] * len(fields))})",
        connection.ops.on_conflict_suffix_sql(fields, on_conflict, [], []),
        f"RETURNING {quote(options.pk.column)}",
    )
    return " ".join(filter(None, parts)), fields, options.pk.attname


def _value(row: Model, field: Field) -> Any:
    """Return a row's value of a field; where it was not given one, set its ``db_default``."""
    value = getattr(row, field.attname)
    if isinstance(value, DatabaseDefault):
        value = value.expression.value  # type: ignore[attr-defined]  # Django 5.2; the stubs leave it out
        setattr(row, field.attname, value)
    return value


def _cursor(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """
    Return a cursor that lets PostgreSQL plan a statement once, with its values beside it.

    Not every statement bears that: one of Wagtail's, with DISTINCT and a value in ORDER BY, does not. So this
    is not Django's ``server_side_binding``, which is for all or none. A log of statements shows their values.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        return connection._prepare_cursor(cursor)  # type: ignore[attr-defined]  # as above


def _is_drawn(field: Field) -> bool:
    """Say whether the database draws the number of a row."""
    returned = field.db_returning  # type: ignore[attr-defined]  # as above
    return field.primary_key and returned and field.remote_field is None

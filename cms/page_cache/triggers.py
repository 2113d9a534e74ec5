"""
Triggers that note each change of what kept answers show. They are made after each migration.

SQLite builds a table anew to alter it, and refuses while a trigger names it: there all are removed before a
migration, and nothing is kept until it is done. On PostgreSQL a trigger names no column of its table, and
stays.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cms.page_cache import changes, watched
from cms.page_cache.models import Change
from cms.page_cache.watched import Rule

PREFIX = "page_cache_on_"
NOTES = Change._meta.db_table
XID = "pg_current_xact_id()::text::bigint"
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
Columns = dict[str, list[str]]

COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() ORDER BY ordinal_position",
}
NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE relnamespace = current_schema()::regnamespace",
}


def before_migration(using: str = DEFAULT_DB_ALIAS, plan: Iterable[Any] = (), **signal: Any) -> None:
    """Remove what is in the way: on SQLite all, elsewhere where the table of notes is to go."""
    connection = connections[using]
    goes = any(backwards and migration.app_label == Change._meta.app_label for migration, backwards in plan)
    if not (goes or (plan and connection.vendor == "sqlite")):
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        for name in existing(cursor, connection):
            cursor.execute(removal(connection.vendor, name))
        if NOTES in connection.introspection.table_names(cursor):
            _write(cursor, _note(connection.vendor, f"'{changes.PAUSED}'"))


def after_migration(using: str = DEFAULT_DB_ALIAS, plan: Iterable[Any] = (), **signal: Any) -> None:
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        columns = _columns(cursor, connection)
        if NOTES not in columns:
            return
        _install(cursor, connection, columns)
        if plan:
            cursor.execute(f"DELETE FROM {NOTES} WHERE subject = %s", [changes.PAUSED])  # noqa: S608 -- a constant
            _write(cursor, _note(connection.vendor, f"'{changes.EVERYTHING}'"))


def _install(cursor: Any, connection: BaseDatabaseWrapper, columns: Columns) -> None:
    wanted = dict(_wanted(connection.vendor, columns))
    there = existing(cursor, connection)
    for name in there - wanted.keys():
        cursor.execute(removal(connection.vendor, name))
    for name in wanted.keys() - there:
        _write(cursor, wanted[name])


def _write(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)


def existing(cursor: Any, connection: BaseDatabaseWrapper) -> set[str]:
    cursor.execute(NAMES[connection.vendor])
    return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}


def _columns(cursor: Any, connection: BaseDatabaseWrapper) -> Columns:
    cursor.execute(COLUMNS[connection.vendor])
    found: Columns = {}
    for table, column in cursor.fetchall():
        found.setdefault(table, []).append(column)
    return found


def removal(vendor: str, name: str) -> str:
    return f'DROP TRIGGER "{name}"' if vendor == "sqlite" else f'DROP FUNCTION "{name}"() CASCADE'


def _wanted(vendor: str, columns: Columns) -> Iterator[tuple[str, list[str]]]:
    """Return the statements that make each trigger, by a name that changes with them."""
    make = _of_sqlite if vendor == "sqlite" else _of_postgresql
    for table, rule in watched.tables().items():
        if set(rule.needs) <= set(columns.get(table, ())) and table in columns:
            yield from make(table, rule, columns[table])


def _name(table: str, *parts: str) -> str:
    return PREFIX + blake2b("\n".join((table, *parts)).encode(), digest_size=10).hexdigest()


def _of_sqlite(table: str, rule: Rule, columns: list[str]) -> Iterator[tuple[str, list[str]]]:
    for happens in rule.on:
        condition = _seen(rule, happens)
        body = " ".join(f"{each};" for each in _notes("sqlite", rule, happens))
        if happens == "UPDATE":
            shown = (column for column in columns if column not in rule.but)
            differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in shown)
            condition = f"({differs}) AND {condition}"
        name = _name(table, happens, condition, body)
        yield (
            name,
            [f'CREATE TRIGGER "{name}" AFTER {happens} ON "{table}" WHEN {condition} BEGIN {body} END'],
        )


def _of_postgresql(table: str, rule: Rule, columns: list[str]) -> Iterator[tuple[str, list[str]]]:
    """A column that a migration removes is missed by nobody: rows are compared as a whole."""
    but = "".join(f" - '{column}'" for column in rule.but)
    differs = f"(to_jsonb(OLD){but}) IS DISTINCT FROM (to_jsonb(NEW){but})"
    branches = []
    for happens in rule.on:
        condition, notes = _seen(rule, happens), "; ".join(_notes("postgresql", rule, happens))
        condition = f"{differs} AND {condition}" if happens == "UPDATE" else condition
        branches.append(f"IF TG_OP = '{happens}' THEN IF {condition} THEN {notes}; END IF; END IF;")
    body = "\n".join(branches)
    name = _name(table, body)
    yield (
        name,
        [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$BEGIN {body} RETURN NULL; END$$",
            f'CREATE OR REPLACE TRIGGER "{name}" AFTER {" OR ".join(rule.on)} ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()',
        ],
    )


def _seen(rule: Rule, happens: str) -> str:
    if not rule.seen:
        return "(1 = 1)"
    return f"({' OR '.join(rule.seen.format(row=row) for row in ROWS[happens])})"


def _notes(vendor: str, rule: Rule, happens: str) -> list[str]:
    subjects = dict.fromkeys(each.format(row=row) for row in ROWS[happens] for each in rule.subjects)
    return [statement for subject in subjects for statement in _note(vendor, subject)]


def _note(vendor: str, subject: str) -> list[str]:
    """Return what notes a subject: once in a transaction, where others write at the same time."""
    if vendor == "sqlite":
        return [
            f"DELETE FROM {NOTES} WHERE subject = {subject}",  # noqa: S608 -- constants
            f"INSERT INTO {NOTES} (subject, xid) VALUES ({subject}, 0)",  # noqa: S608 -- constants
        ]
    return [
        f"INSERT INTO {NOTES} (subject, xid) SELECT {subject}, {XID} "  # noqa: S608 -- constants
        f"WHERE NOT EXISTS (SELECT 1 FROM {NOTES} WHERE subject = {subject} AND xid = {XID})"
    ]

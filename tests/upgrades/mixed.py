"""
`make lint`: no migration of ours changes rows and tables both.

PostgreSQL refuses to alter a table whose rows were changed in the same transaction and wait for a check of
their keys; outside a transaction, what was stopped half way cannot be started again. So there are two.
"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import django
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AlterModelManagers, AlterModelOptions
from django.db.migrations.operations.base import Operation

ROWS, TABLES = "rows", "tables"
NO_SQL = (AlterModelManagers, AlterModelOptions)
CHANGES_ROWS = re.compile(r"^\s*(?:insert|update|delete|merge|replace|truncate|copy|with)\b", re.IGNORECASE)
ROOT = Path(__file__).parents[2]
REFUSED = "{}.{} changes rows and tables. Split it: new columns, then rows, then what goes, a migration each."


def main() -> int:
    django.setup()
    refused = [REFUSED.format(*key) for key, migration in own_migrations() if is_mixed(migration)]
    sys.stderr.write("".join(f"{line}\n" for line in refused))
    return bool(refused)


def own_migrations() -> Iterator[tuple[tuple[str, str], Migration]]:
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        file = Path(sys.modules[migration.__module__].__file__)
        if file.is_relative_to(ROOT) and "site-packages" not in file.parts:
            yield key, migration


def is_mixed(migration: Migration) -> bool:
    return {ROWS, TABLES} <= set(chain.from_iterable(map(touches, migration.operations)))


def touches(operation: Operation) -> set[str]:
    """Return what of the database an operation changes."""
    if isinstance(operation, SeparateDatabaseAndState):
        return set(chain.from_iterable(map(touches, operation.database_operations)))
    if isinstance(operation, RunPython):
        return of_function(operation.code)
    if isinstance(operation, RunSQL):
        return {ROWS if CHANGES_ROWS.match(statement) else TABLES for statement in statements(operation.sql)}
    return set() if isinstance(operation, NO_SQL) else {TABLES}


def of_function(code: Callable[..., None]) -> set[str]:
    """
    A function that asks for models is taken to change rows, one that uses its editor to alter tables.

    ``schema_editor.connection`` says only which database it is.
    """
    if code is RunPython.noop:
        return set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    editor = list(inspect.signature(code).parameters)[1]
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == editor
    }
    asks = any(isinstance(node, ast.Attribute) and node.attr == "get_model" for node in ast.walk(tree))
    alters = {TABLES} if used - {"connection"} else set()
    return alters | {ROWS} if asks or not alters else alters


def statements(sql: str | Iterable[str | tuple[str, object]]) -> Iterator[str]:
    parts = [sql] if isinstance(sql, str) else [part if isinstance(part, str) else part[0] for part in sql]
    for part in parts:
        yield from (each for each in part.split(";") if each.strip())


if __name__ == "__main__":
    sys.exit(main())

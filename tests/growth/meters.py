"""What an answer costs: rows that are read, processor time, bytes."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.http.response import HttpResponseBase

STEPS_AT_ONCE = 20  # of the virtual machine of SQLite
READS = ("SELECT", "WITH", "DECLARE")
TICKS = 1e9  # of a scheduler's clock in a second


@dataclass(slots=True)
class Cost:
    """
    ``rows``: on PostgreSQL those that scans read, with what filters dropped; on SQLite steps of its machine.

    ``by`` has them by statement, where they were asked for.
    """

    rows: int = 0
    milliseconds: float = 0.0
    size: int = 0
    status: int = 0
    by: dict[str, int] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        return max(self.by, key=self.by.__getitem__, default="")


def measure(ask: Callable[[], HttpResponseBase], times: int = 3) -> Cost:
    """Ask for an answer: once to warm up, some times to take the time, and once to count rows."""
    _size(ask())
    taken = sorted(_milliseconds(ask) for _ in range(times))
    cost = Cost(milliseconds=taken[len(taken) // 2] if taken else 0.0)
    with rows_counted(cost):
        answer = ask()
        cost.size, cost.status = _size(answer), answer.status_code
    return cost


def _size(answer: HttpResponseBase) -> int:
    return sum(map(len, answer.streaming_content)) if answer.streaming else len(answer.content)


def _milliseconds(ask: Callable[[], HttpResponseBase]) -> float:
    """The processor time of this process, and of the one that serves it in PostgreSQL on this machine."""
    before = _seconds()
    _size(ask())
    return (_seconds() - before) * 1000


def _seconds() -> float:
    return time.process_time() + _seconds_of_server()


def _seconds_of_server() -> float:
    if connection.vendor != "postgresql" or connection.connection is None:
        return 0.0
    times = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(times.read_text().split()[0]) / TICKS if times.exists() else 0.0


@contextmanager
def rows_counted(cost: Cost) -> Iterator[None]:
    counting = _rows_of_plans if connection.vendor == "postgresql" else _steps
    with counting(cost):
        yield


@contextmanager
def _steps(cost: Cost) -> Iterator[None]:
    steps = 0

    def more() -> int:
        nonlocal steps
        steps += STEPS_AT_ONCE
        return 0

    def note(execute: Callable, sql: str, *given: Any) -> Any:
        before = steps
        answer = execute(sql, *given)
        cost.by[sql] = cost.by.get(sql, 0) + steps - before
        return answer

    connection.ensure_connection()
    connection.connection.set_progress_handler(more, STEPS_AT_ONCE)
    try:
        with connection.execute_wrapper(note):
            yield
    finally:
        connection.connection.set_progress_handler(None, 0)
        cost.rows = steps


@contextmanager
def _rows_of_plans(cost: Cost) -> Iterator[None]:
    def note(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not many and sql.lstrip("( ").upper().startswith(READS):
            read = _explained(sql, params)
            cost.by[sql] = cost.by.get(sql, 0) + read
            cost.rows += read
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def _explained(sql: str, params: Any) -> int:
    with connection.connection.cursor() as cursor:  # of psycopg itself: nothing here is noted
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    plan = found if isinstance(found, list) else json.loads(found)
    return round(sum(map(_read, _nodes(plan[0]["Plan"]))))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _read(node: dict[str, Any]) -> float:
    if "Scan" not in node["Node Type"] or node["Node Type"] in ("Subquery Scan", "CTE Scan"):
        return 0
    dropped = (each for name, each in node.items() if name.startswith("Rows Removed by"))
    return (node["Actual Rows"] + sum(dropped)) * node["Actual Loops"]

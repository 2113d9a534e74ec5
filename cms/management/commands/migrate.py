from collections.abc import Callable
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class Command(migrate.Command):
    """
    Django's own, which first meets databases from before a migration was split.

    Each part names the whole in ``split_from``. Where the whole was applied, so were its parts. `replaces`
    cannot say so: the first of several parts would be recorded as the whole, and a run that is stopped there
    would never do the others.
    """

    stealth_options = ("tell",)

    def handle(self, *args: Any, **options: Any) -> None:
        self.tell: Callable[[int, int, str], object] | None = options.get("tell")
        self.begun, self.total = 0, 0
        if not (options["plan"] or options["check_unapplied"]):  # these two only look
            record_parts(connections[options["database"]])
        if self.tell:
            self.total = number_unapplied(connections[options["database"]])
        super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Tell which migration begins, of how many."""
        if self.tell and action == "apply_start":
            self.begun += 1
            self.tell(self.begun, max(self.begun, self.total), str(migration))
        super().migration_progress_callback(action, migration, fake)


def number_unapplied(connection: BaseDatabaseWrapper) -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def record_parts(connection: BaseDatabaseWrapper) -> None:
    """Write down the parts of each migration that was applied before it was split."""
    recorder = MigrationRecorder(connection)
    applied = set(recorder.applied_migrations())
    for part, migration in MigrationLoader(None).disk_migrations.items():
        if getattr(migration, "split_from", None) in applied and part not in applied:
            recorder.record_applied(*part)

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class Command(migrate.Command):
    """
    Django's own, which first meets databases from before a migration was split.

    Each part names the whole in ``split_from``. Where the whole was applied, so were its parts. `replaces`
    cannot say so: the first of several parts would be recorded as the whole, and a run that is stopped there
    would never do the others.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["plan"] or options["check_unapplied"]):  # these two only look
            record_parts(connections[options["database"]])
        super().handle(*args, **options)


def record_parts(connection: BaseDatabaseWrapper) -> None:
    """Write down the parts of each migration that was applied before it was split."""
    recorder = MigrationRecorder(connection)
    applied = set(recorder.applied_migrations())
    for part, migration in MigrationLoader(None).disk_migrations.items():
        if getattr(migration, "split_from", None) in applied and part not in applied:
            recorder.record_applied(*part)

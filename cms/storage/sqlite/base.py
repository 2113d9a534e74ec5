"""
Django's SQLite engine, except for two things.

Its file is its owner's alone, from when it is made (``private_files``). And ``iterator()`` leaves no
statement half read outside a transaction. One that is read in pieces keeps its view of the database open. As
soon as any other process has written, nothing can be written on that connection until the last piece is read:
SQLite answers "database is locked" at once, however long the time to wait is (SQLITE_BUSY_SNAPSHOT,
https://sqlite.org/isolation.html). So a command that writes while it reads, such as Wagtail's
``wagtail_update_image_renditions``, would fail row by row beside a site in use.
"""

import sqlite3
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base, features

from cms.storage.private_files import close_database


class DatabaseFeatures(features.DatabaseFeatures):
    @property
    def can_use_chunked_reads(self) -> bool:  # type: ignore[override]  # it depends on the moment
        """Inside a transaction it may write already: there pieces do no harm, and spare memory."""
        return self.connection.in_atomic_block


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        file = Path(conn_params["database"])
        if file.is_absolute() and file.parent.is_dir():  # others are in memory, or an error that SQLite names
            close_database(file)
        return super().get_new_connection(conn_params)

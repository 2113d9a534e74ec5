from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests import own_database


@pytest.fixture
def empty_database(django_db_setup, django_db_blocker, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    with django_db_blocker.unblock():
        with own_database.empty_database(tmp_path) as empty:
            yield empty
        connection.close()
        for model in (ContentType, Site):  # they remember rows, and other tests come after these
            model.objects.clear_cache()

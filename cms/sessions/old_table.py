"""The table of django.contrib.sessions, to which processes of the version before write what cookies hold."""

from django.db import connection


def empty() -> None:
    """Do what the migration did, for sessions that began while the site was being upgraded."""
    with connection.cursor() as cursor:
        if "django_session" in connection.introspection.table_names(cursor):
            cursor.execute("DELETE FROM django_session")

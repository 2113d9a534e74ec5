from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def end_old_sessions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if "django_session" in connection.introspection.table_names(cursor):
            cursor.execute("DELETE FROM django_session")


class Migration(migrations.Migration):
    """End the sessions of django.contrib.sessions, which kept what the cookies hold.

    The table stays: while a site is upgraded, processes of the version before still use it.
    """

    dependencies = [("cms_sessions", "0001_initial")]

    operations = [migrations.RunPython(end_old_sessions, migrations.RunPython.noop, elidable=True)]

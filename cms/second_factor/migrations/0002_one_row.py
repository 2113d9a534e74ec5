from django.db import migrations


def write_the_row(apps, schema_editor):
    """Wagtail would write it when the page of the setting is read."""
    apps.get_model("second_factor", "Demand").objects.create()


class Migration(migrations.Migration):
    dependencies = [("second_factor", "0001_initial")]

    operations = [migrations.RunPython(write_the_row, migrations.RunPython.noop)]

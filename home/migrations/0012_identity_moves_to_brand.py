from django.db import migrations


class Migration(migrations.Migration):
    """The table stays as it is; another app knows of it."""

    dependencies = [("home", "0011_names_of_models"), ("brand", "0001_identity")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("SiteIdentity")])
    ]

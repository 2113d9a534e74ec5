from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=40)),
                (
                    "xid",
                    models.BigIntegerField(
                        db_index=True, default=0, help_text="The transaction, of PostgreSQL."
                    ),
                ),
                ("at", models.DateTimeField(db_default=Now(), db_index=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["subject", "xid"], name="page_cache_noted")],
            },
        ),
    ]

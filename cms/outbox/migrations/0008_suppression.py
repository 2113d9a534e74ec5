import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is that of the comments' 0003; only who knows of it changes."""

    dependencies = [("outbox", "0007_told_in_a_digest"), ("blog_comments", "0011_index_replies_of_staff")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Suppression",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address_index", models.CharField(editable=False, max_length=32, unique=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={"db_table": "blog_comments_suppression", "default_permissions": ()},
                ),
            ]
        )
    ]

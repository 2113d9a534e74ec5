"""Only the name in the code: the column keeps its own, so versions before and after share it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0008_suppression")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("delivery", "refusal", "failure"),
                migrations.AlterField(
                    "delivery",
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("now", "Refused for now"),
                            ("good", "Refused for good"),
                            ("mailbox", "Mailbox takes nothing now"),
                            ("recipient", "Refused this recipient"),
                            ("letters", "The mail server cannot take addresses with letters beyond ASCII"),
                            ("dropped", "Dropped after DATA"),
                            ("unwritten", "Could not be written"),
                        ],
                        db_column="refusal",
                        max_length=12,
                    ),
                ),
            ]
        )
    ]

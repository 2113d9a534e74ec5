from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0009_failure_not_refusal"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("now", "Refused for now"),
                    ("good", "Refused for good"),
                    ("mailbox", "Mailbox takes nothing now"),
                    ("recipient", "Refused this recipient"),
                    ("letters", "The mail server cannot take addresses with letters beyond ASCII"),
                    ("dropped", "Dropped after DATA"),
                    ("endpoint", "Endpoint takes nothing now"),
                    ("unwritten", "Could not be written"),
                ],
                db_column="refusal",
                max_length=12,
            ),
        ),
    ]

from django.db import migrations, models

from cms.storage.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("outbox", "0010_endpoint_takes_nothing"),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name="delivery",
            index=models.Index(fields=["event", "state", "wanted_since"], name="outbox_event"),
        ),
        AddIndexBesideWriters(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("mailbox", ""), _negated=True),
                fields=["wanted_since"],
                name="outbox_with_mailbox",
            ),
        ),
    ]

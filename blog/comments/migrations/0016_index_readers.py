from django.db import migrations, models

from cms.storage.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("blog_comments", "0015_readers_to_look_at"),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name="reader",
            index=models.Index(
                condition=models.Q(("may_be_forgotten", True)), fields=["id"], name="reader_to_look_at"
            ),
        ),
        AddIndexBesideWriters(
            model_name="readercomment",
            index=models.Index(fields=["reader", "xtdcomment_ptr"], name="comment_by_reader"),
        ),
    ]

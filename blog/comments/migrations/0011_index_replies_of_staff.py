from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog_comments", "0010_index_bans"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="readercomment",
            index=models.Index(
                condition=models.Q(("by_staff", True)),
                fields=["status", "page", "xtdcomment_ptr", "under_held"],
                name="comment_by_staff",
            ),
        ),
    ]

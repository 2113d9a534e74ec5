from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("blog_comments", "0011_index_replies_of_staff"), ("outbox", "0008_suppression")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Suppression")])
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog_comments", "0014_names_of_models"),
    ]

    operations = [
        migrations.AddField(
            model_name="reader",
            name="may_be_forgotten",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Perhaps nothing refers to it: the worker has not looked.",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0005_comments_of_any_page")]

    operations = [
        migrations.AddField(
            model_name="blogpostpage",
            name="word_count",
            field=models.PositiveIntegerField(
                editable=False,
                help_text="Of the body, when it was saved: lists read no bodies.",
                null=True,
            ),
        ),
    ]

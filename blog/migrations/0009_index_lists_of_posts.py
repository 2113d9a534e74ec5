from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0008_names_of_models"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="blogposttag",
            index=models.Index(fields=["tag", "content_object"], name="post_by_tag"),
        ),
        migrations.AddIndex(
            model_name="blogpostpage",
            index=models.Index(fields=["-date", "-page_ptr"], name="post_newest"),
        ),
        migrations.AddIndex(
            model_name="blogpostpage",
            index=models.Index(fields=["category", "-date", "-page_ptr"], name="post_newest_in_category"),
        ),
        migrations.AddIndex(
            model_name="blogpostpage",
            index=models.Index(fields=["author", "-date", "-page_ptr"], name="post_newest_by_author"),
        ),
        migrations.RemoveIndex(
            model_name="blogpostpage",
            name="post_date",
        ),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cms.brand.logos


def kept():
    return [
        ("digest", models.CharField(help_text="Of what it was made of.", max_length=16)),
        ("content", models.BinaryField()),
        ("width", models.PositiveSmallIntegerField()),
        ("height", models.PositiveSmallIntegerField()),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("brand", "0003_look"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Drawing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                *kept(),
                ("name", models.CharField(max_length=20)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailcore.site"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("site", "name"), name="one_drawing_of_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="PagePicture",
            fields=[
                *kept(),
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "picture of a page", "verbose_name_plural": "pictures of pages"},
        ),
        migrations.AddField(
            model_name="siteidentity",
            name="logo_drawn",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Of which file.",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="siteidentity",
            name="logo_height",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="siteidentity",
            name="logo_plates",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="On which papers it would not be seen.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="siteidentity",
            name="logo_width",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="siteidentity",
            name="logo",
            field=models.ForeignKey(
                blank=True,
                help_text="At least 64 pixels wide and high. Without one, the initials stand for the site.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wagtailimages.image",
                validators=[cms.brand.logos.validate_logo],
            ),
        ),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is that of home's 0001; only who knows of it changes."""

    dependencies = [
        ("home", "0011_names_of_models"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SiteIdentity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(default="Our site", max_length=80)),
                        ("tagline", models.CharField(blank=True, max_length=160)),
                        ("telephone", models.CharField(blank=True, max_length=40)),
                        ("address", models.CharField(blank=True, max_length=200)),
                        ("opening_hours", models.CharField(blank=True, max_length=200)),
                        ("emergency_line", models.CharField(blank=True, max_length=200)),
                        ("comment_notice", models.CharField(blank=True, max_length=200)),
                        (
                            "privacy_page",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.OneToOneField(
                                editable=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="wagtailcore.site",
                            ),
                        ),
                    ],
                    options={"verbose_name": "site identity", "db_table": "home_siteidentity"},
                ),
            ]
        )
    ]

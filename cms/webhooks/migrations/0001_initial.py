import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "events",
                    models.JSONField(
                        default=list,
                        verbose_name="events",
                    ),
                ),
                (
                    "disabled",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("staff", "Disabled by an administrator"),
                            ("failing", "Disabled: every call failed for three days"),
                            ("gone", "Disabled: the endpoint answered 410 Gone"),
                        ],
                        max_length=12,
                    ),
                ),
                ("sealed_secret", models.BinaryField()),
                ("sealed_old_secret", models.BinaryField(null=True)),
                (
                    "old_secret_until",
                    models.DateTimeField(help_text="Until then both secrets sign.", null=True),
                ),
                ("failures", models.PositiveIntegerField(default=0, help_text="In a row.")),
                ("failing_since", models.DateTimeField(null=True)),
                (
                    "rests_until",
                    models.DateTimeField(help_text="No call before: it failed, or was slow.", null=True),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wagtailcore.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook endpoint",
                "verbose_name_plural": "webhook endpoints",
                "permissions": (("manage_webhooks", "Can manage webhooks"),),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        help_text="Of HTTP; empty where there was no answer.", null=True
                    ),
                ),
                (
                    "problem",
                    models.CharField(blank=True, help_text="Why there was no answer.", max_length=20),
                ),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook call",
                "verbose_name_plural": "webhook calls",
                "default_permissions": (),
                "indexes": [models.Index(fields=["endpoint", "id"], name="webhooks_of_endpoint")],
            },
        ),
    ]

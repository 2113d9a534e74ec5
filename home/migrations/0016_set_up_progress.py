import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("home", "0015_footer_links"), ("wagtailcore", "0098_apitoken")]

    operations = [
        migrations.CreateModel(
            name="SetUpProgress",
            fields=[
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.site",
                    ),
                ),
                ("site_done", models.BooleanField(default=False)),
                ("look_done", models.BooleanField(default=False)),
                ("visit_done", models.BooleanField(default=False)),
                ("mail_done", models.BooleanField(default=False)),
                ("demo_done", models.BooleanField(default=False)),
                ("dismissed", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]

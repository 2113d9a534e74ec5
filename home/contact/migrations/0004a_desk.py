"""Who a message is assigned to, notes, words to search in, and groups that read the messages of single pages."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    split_from = ("home_contact", "0004_desk")
    dependencies = (
        ("auth", "0012_alter_user_first_name_max_length"),
        ("home_contact", "0003c_no_spam_flag"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    )

    operations = (
        migrations.AlterModelOptions(
            name="contactmessage",
            options={
                "default_permissions": (),
                "permissions": (
                    ("read_messages", "Can read all messages to staff"),
                    ("delete_messages", "Can delete messages to staff"),
                ),
                "verbose_name": "message",
            },
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="words",
            field=models.TextField(
                default="",
                editable=False,
                help_text="Name and answers in lower case, to search in.",
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="MessageNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=1000)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="home_contact.contactmessage",
                    ),
                ),
            ],
            options={"ordering": ("pk",), "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ReadGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_pages",
                        to="auth.group",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddConstraint(
            model_name="readgrant",
            constraint=models.UniqueConstraint(fields=("group", "page"), name="one_grant_a_page"),
        ),
    )

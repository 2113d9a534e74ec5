"""Who a message is assigned to, notes, words to search in, and groups that read the messages of single pages."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def fill_words(apps, schema_editor):
    messages = apps.get_model("home_contact", "ContactMessage").objects
    for message in messages.filter(words="").only("pk", "name", "fields").iterator():
        said = "\n".join((message.name, *(value for _, value in message.fields)))
        messages.filter(pk=message.pk).update(words=said.casefold())


def grant_front_desk(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    messages, _ = ContentType.objects.get_or_create(app_label="home_contact", model="contactmessage")
    delete, _ = Permission.objects.get_or_create(
        content_type=messages, codename="delete_messages", defaults={"name": "Can delete messages to staff"}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Front desk"):
        group.permissions.add(delete)


class Migration(migrations.Migration):
    dependencies = (
        ("auth", "0012_alter_user_first_name_max_length"),
        ("home_contact", "0003_subjects_and_states"),
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
        migrations.RunPython(fill_words, migrations.RunPython.noop),
        migrations.RunPython(grant_front_desk, migrations.RunPython.noop),
    )

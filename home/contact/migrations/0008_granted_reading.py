"""Groups that read the messages of single pages get a permission that says so."""

from django.db import migrations

READ, READ_GRANTED = "read_messages", "read_granted_messages"
MAY = "Can read messages to staff of the pages its group was given"


def give_permission(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")

    # Django creates permissions after the last migration; this one is wanted now
    messages, _ = ContentType.objects.get_or_create(app_label="home_contact", model="contactmessage")
    granted, _ = Permission.objects.get_or_create(
        content_type=messages, codename=READ_GRANTED, defaults={"name": MAY}
    )
    for group in Group.objects.filter(contact_pages__isnull=False).distinct():
        group.permissions.add(granted)


class Migration(migrations.Migration):
    dependencies = (
        ("home_contact", "0007_attachments"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    )

    operations = (
        migrations.AlterModelOptions(
            name="contactmessage",
            options={
                "default_permissions": (),
                "permissions": (
                    (READ, "Can read all messages to staff"),
                    (READ_GRANTED, MAY),
                    ("delete_messages", "Can delete messages to staff"),
                ),
                "verbose_name": "message",
            },
        ),
        migrations.RunPython(give_permission, migrations.RunPython.noop),
    )

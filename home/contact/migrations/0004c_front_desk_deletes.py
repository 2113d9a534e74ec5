"""The front desk may delete messages."""

from django.db import migrations


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
    split_from = ("home_contact", "0004_desk")
    dependencies = (
        ("home_contact", "0004b_words"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    )

    operations = (migrations.RunPython(grant_front_desk, migrations.RunPython.noop),)

"""The group that answers a person who asks what is kept of him, and erases it."""

from django.db import migrations

GROUP = "Comment privacy officers"
WANTED = {
    "reveal_address": "Can reveal a reader's e-mail address",
    "export_person": "Can export what is kept of a person",
    "erase_person": "Can erase what is kept of a person",
}


def create_group(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")

    # Django creates permissions after the last migration; these are wanted now
    readers, _ = ContentType.objects.get_or_create(app_label="blog_comments", model="reader")
    group, _ = Group.objects.get_or_create(name=GROUP)
    for codename, name in WANTED.items():
        wanted, _ = Permission.objects.get_or_create(
            content_type=readers, codename=codename, defaults={"name": name}
        )
        group.permissions.add(wanted)
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = (
        ("blog_comments", "0004_index_held_edits"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    )

    operations = (migrations.RunPython(create_group, remove_group),)

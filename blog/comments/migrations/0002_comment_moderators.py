"""The group that runs the moderation desk, and nothing else."""

from django.db import migrations

GROUP = "Comment moderators"


def create_group(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")

    # Django creates permissions after the last migration; this one is wanted now
    comments, _ = ContentType.objects.get_or_create(app_label="blog_comments", model="readercomment")
    moderate, _ = Permission.objects.get_or_create(
        content_type=comments, codename="moderate_comments", defaults={"name": "Can moderate reader comments"}
    )
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    group, _ = Group.objects.get_or_create(name=GROUP)
    group.permissions.add(moderate, admin)


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = (
        ("blog_comments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    )

    operations = (migrations.RunPython(create_group, remove_group),)

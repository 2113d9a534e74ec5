"""Moderators write what they need not write twice: saved replies, and reasons for the trash."""

from django.db import migrations

GROUP = "Comment moderators"
PHRASES = {"savedreply": "saved reply", "refusal": "reason for the trash"}


def wanted(apps):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")

    for model, name in PHRASES.items():
        kind, _ = ContentType.objects.get_or_create(app_label="blog_comments", model=model)
        for verb in ("add", "change", "delete"):
            yield Permission.objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {name}"}
            )[0]


def allow(apps, schema_editor):
    # Django creates permissions after the last migration; these are wanted now
    group = apps.get_model("auth", "Group").objects.filter(name=GROUP).first()
    if group:
        group.permissions.add(*wanted(apps))


def forbid(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.filter(name=GROUP).first()
    if group:
        group.permissions.remove(*wanted(apps))


class Migration(migrations.Migration):
    dependencies = (
        ("blog_comments", "0007_index_threads"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    )

    operations = (migrations.RunPython(allow, forbid),)

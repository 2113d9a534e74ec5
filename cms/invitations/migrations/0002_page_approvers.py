"""
Wagtail's group "Moderators" approves pages. It gets a name that nobody takes for moderators of comments.

A group, task or workflow that has another name by now keeps it. No code finds them by their names, so an
older version of the site works with the new ones.
"""

from django.db import migrations

GROUP = ("Moderators", "Page approvers")
TASK = ("Moderators approval", "Page approval")


def rename(apps, schema_editor):
    _rename(apps, GROUP, TASK)


def name_as_before(apps, schema_editor):
    _rename(apps, GROUP[::-1], TASK[::-1])


def _rename(apps, group, task):
    groups = apps.get_model("auth", "Group").objects
    if groups.filter(name=group[1]).exists():
        return
    groups.filter(name=group[0]).update(name=group[1])
    for model in ("Task", "Workflow"):
        apps.get_model("wagtailcore", model).objects.filter(name=task[0]).update(name=task[1])


class Migration(migrations.Migration):
    dependencies = (
        ("invitations", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        # each of these gives rights to the group by its first name
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0090_remove_grouppagepermission_permission_type"),
        ("wagtaildocs", "0011_add_choose_permissions"),
        ("wagtailimages", "0023_add_choose_permissions"),
    )

    operations = (migrations.RunPython(rename, name_as_before),)

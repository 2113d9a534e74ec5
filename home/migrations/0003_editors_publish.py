"""Editors publish what they write, and keep the list of authors and categories."""

from django.db import migrations

GROUP = "Editors"
LISTS = (("author", "author"), ("category", "category"))
VERBS = ("add", "change")


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    editors, _ = Group.objects.get_or_create(name=GROUP)
    editors.permissions.add(*_list_permissions(apps))
    home = apps.get_model("home", "HomePage").objects.filter(depth=2).first()
    if home:
        apps.get_model("wagtailcore", "GroupPagePermission").objects.get_or_create(
            group=editors, page_id=home.pk, permission=_publish(apps)
        )


def withdraw(apps, schema_editor):
    editors = apps.get_model("auth", "Group").objects.filter(name=GROUP).first()
    if editors:
        editors.permissions.remove(*_list_permissions(apps))
        apps.get_model("wagtailcore", "GroupPagePermission").objects.filter(
            group=editors, permission=_publish(apps)
        ).delete()


def _list_permissions(apps):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    found = []
    for model, name in LISTS:
        content_type, _ = ContentType.objects.get_or_create(app_label="blog", model=model)
        found += [
            Permission.objects.get_or_create(
                content_type=content_type, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {name}"}
            )[0]
            for verb in VERBS
        ]
    return found


def _publish(apps):
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label="wagtailcore", model="page")
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="publish_page", defaults={"name": "Publish any page"}
    )[0]


class Migration(migrations.Migration):
    dependencies = (
        ("home", "0002_home_page"),
        ("blog", "0001_initial"),
        ("wagtailcore", "0090_remove_grouppagepermission_permission_type"),
    )

    operations = (migrations.RunPython(grant, withdraw),)

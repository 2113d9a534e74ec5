"""The group whose members write drafts and publish nothing: Editors publish what they write."""

from django.db import migrations

GROUP = "Writers"
IN_COLLECTIONS = ("add_image", "choose_image", "add_document", "choose_document")


def create_group(apps, schema_editor):
    group, created = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    if not created:  # the owner's own, with the rights that they gave it
        return
    group.permissions.add(_permission(apps, "wagtailadmin", "access_admin"))
    for page in apps.get_model("wagtailcore", "Page").objects.filter(depth=1):
        apps.get_model("wagtailcore", "GroupPagePermission").objects.create(
            group=group, page=page, permission=_permission(apps, "wagtailcore", "add_page")
        )
    for collection in apps.get_model("wagtailcore", "Collection").objects.filter(depth=1):
        for codename in IN_COLLECTIONS:
            app = "wagtailimages" if codename.endswith("image") else "wagtaildocs"
            apps.get_model("wagtailcore", "GroupCollectionPermission").objects.create(
                group=group, collection=collection, permission=_permission(apps, app, codename)
            )


def _permission(apps, app_label, codename):
    return apps.get_model("auth", "Permission").objects.get(
        content_type__app_label=app_label, codename=codename
    )


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = (("invitations", "0002_page_approvers"),)

    operations = (migrations.RunPython(create_group, remove_group),)

"""Rights, log entries and references that name the identity follow it to its new app."""

from django.db import migrations


def rename(apps, schema_editor, old="home", new="brand"):
    kinds = apps.get_model("contenttypes", "ContentType").objects
    if kinds.filter(app_label=new, model="siteidentity").exists():
        return  # a new site, whose migrations are applied in one go
    kinds.filter(app_label=old, model="siteidentity").update(app_label=new)


def rename_back(apps, schema_editor):
    rename(apps, schema_editor, "brand", "home")


class Migration(migrations.Migration):
    dependencies = [("brand", "0001_identity"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [migrations.RunPython(rename, rename_back)]

from django.db import migrations


def find(apps, schema_editor):
    """Until now the foot of each page led to whatever was called "privacy"."""
    identities, pages = apps.get_model("home", "SiteIdentity"), apps.get_model("wagtailcore", "Page")
    for site in apps.get_model("wagtailcore", "Site").objects.select_related("root_page"):
        root = site.root_page
        called = pages.objects.filter(
            path__startswith=root.path, depth=root.depth + 1, slug="privacy"
        ).first()
        if called is not None:
            identities.objects.update_or_create(site=site, defaults={"privacy_page": called})


class Migration(migrations.Migration):
    dependencies = [("home", "0005_privacy_page")]

    operations = [migrations.RunPython(find, migrations.RunPython.noop)]

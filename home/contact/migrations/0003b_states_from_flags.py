"""The state of each message, from the two flags that it had before."""

from django.db import migrations


def state_from_flags(apps, schema_editor):
    messages = apps.get_model("home_contact", "ContactMessage").objects
    messages.filter(handled_at__isnull=False, spam=False).update(state="handled")
    messages.filter(spam=True).update(state="spam", reasons=["honeypot"])


def flags_from_state(apps, schema_editor):
    apps.get_model("home_contact", "ContactMessage").objects.filter(state="spam").update(spam=True)


class Migration(migrations.Migration):
    split_from = ("home_contact", "0003_subjects_and_states")
    dependencies = (("home_contact", "0003a_states"),)

    operations = (migrations.RunPython(state_from_flags, flags_from_state),)

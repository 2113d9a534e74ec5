"""The flag goes that the state has taken the place of, and the desk's index with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    split_from = ("home_contact", "0003_subjects_and_states")
    dependencies = (("home_contact", "0003b_states_from_flags"),)

    operations = (
        migrations.RemoveIndex(model_name="contactmessage", name="message_desk"),
        migrations.RemoveField(model_name="contactmessage", name="spam"),
        migrations.AddIndex(
            model_name="contactmessage",
            index=models.Index(fields=["state", "-id"], name="message_in_tab"),
        ),
        migrations.AddIndex(
            model_name="contactmessage",
            index=models.Index(fields=["page", "state", "-id"], name="message_of_page"),
        ),
    )

"""What a message is about, in which of three states it is, what was odd about it, and its client's own key."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    split_from = ("home_contact", "0003_subjects_and_states")
    dependencies = (
        ("home_contact", "0002_front_desk"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    )

    operations = (
        migrations.AddField(
            model_name="contactmessage",
            name="subject",
            field=models.CharField(
                blank=True, help_text="As the visitor chose it.", max_length=100, default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="state",
            field=models.CharField(
                choices=[("new", "New"), ("handled", "Handled"), ("spam", "Spam")],
                default="new",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="reasons",
            field=models.JSONField(default=list, help_text="What was odd about it when it came."),
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="idempotency_key",
            field=models.CharField(editable=False, max_length=32, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="contactmessage",
            name="words_key",
            field=models.CharField(editable=False, max_length=32, null=True, unique=True),
        ),
    )

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("home", "0013_planted_items")]

    operations = [
        migrations.AlterField(
            model_name="contactpage",
            name="address",
            field=models.TextField(
                blank=True,
                help_text="Empty: that of the site, in Settings → Site identity.",
                max_length=400,
                validators=[django.core.validators.MaxLengthValidator(400)],
            ),
        ),
        migrations.AlterField(
            model_name="contactpage",
            name="opening_hours",
            field=models.TextField(
                blank=True,
                help_text="Empty: that of the site, in Settings → Site identity.",
                max_length=400,
                validators=[django.core.validators.MaxLengthValidator(400)],
            ),
        ),
        migrations.AlterField(
            model_name="contactpage",
            name="telephone",
            field=models.CharField(
                blank=True, help_text="Empty: that of the site, in Settings → Site identity.", max_length=40
            ),
        ),
    ]

"""The words of the messages that were there before, to search in."""

from django.db import migrations


def fill_words(apps, schema_editor):
    messages = apps.get_model("home_contact", "ContactMessage").objects
    for message in messages.filter(words="").only("pk", "name", "fields").iterator():
        said = "\n".join((message.name, *(value for _, value in message.fields)))
        messages.filter(pk=message.pk).update(words=said.casefold())


class Migration(migrations.Migration):
    split_from = ("home_contact", "0004_desk")
    dependencies = (("home_contact", "0004a_desk"),)

    operations = (migrations.RunPython(fill_words, migrations.RunPython.noop),)

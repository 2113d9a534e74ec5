"""Count the words of the posts there are. The next save of a post counts them exactly."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.html import strip_tags

NO_WORDS = {"id", "type", "level", "kind", "image", "page", "url", "source_url"}
BATCH = 200


def count_words(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    posts = apps.get_model("blog", "BlogPostPage").objects
    rows = posts.annotate(stored=Cast("body", TextField())).order_by("pk").values_list("pk", "stored")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for pk, stored in batch:
            words = sum(len(text.split()) for text in texts(json.loads(stored or "[]")))
            posts.filter(pk=pk).update(word_count=words)
        last = batch[-1][0]


def texts(value: Any) -> Iterator[str]:
    """Yield each text of a body as it is stored, without its tags."""
    if isinstance(value, str):
        yield strip_tags(value.replace("><", "> <"))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in NO_WORDS:
                yield from texts(item)


class Migration(migrations.Migration):
    dependencies = [("blog", "0006_word_count")]

    operations = [migrations.RunPython(count_words, migrations.RunPython.noop)]

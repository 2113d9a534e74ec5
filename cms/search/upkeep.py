"""Rebuilds the search index when its terms have another format than this version's."""

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db.models import QuerySet
from modelsearch.conf import get_app_config

from cms.search.words import FORMAT

CHUNK = 200  # objects held at once


def is_current() -> bool:
    """Say whether the index has this format: a special entry, which no search finds, marks it."""
    return _entries().filter(**_mark()).exists()


def rebuild() -> None:
    """Rebuild the index. The mark is set last: an interrupted rebuild is started again."""
    entries, mark = _entries(), _mark()
    entries.filter(content_type=mark["content_type"]).delete()
    call_command("update_index", verbosity=0, chunk_size=CHUNK)
    entries.get_or_create(**mark, defaults={"title": "", "body": "", "autocomplete": ""})


def _entries() -> QuerySet:
    return get_app_config().get_model("IndexEntry").objects.all()


def _mark() -> dict[str, object]:
    return {"content_type": ContentType.objects.get_for_model(ContentType), "object_id": f"format {FORMAT}"}

"""
What the site wrote into itself, and whether its owner has changed it since.

A digest of each field is written down when a thing is planted. Fields that a later version adds or drops are
not compared, and what is kept of a page beside its content, such as its place and its times, never is.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile
from wagtail.blocks import StreamValue
from wagtail.images import get_image_model
from wagtail.models import Page

from blog.models import Author, BlogPostPage, Category
from cms.brand.models import SiteIdentity
from home.models import PlantedItem

Content = dict[str, str]

OF_EVERY_PAGE = ("title", "slug", "seo_title", "search_description", "show_in_menus")
OF_A_PICTURE = ("title", "description", "file")
KINDS: dict[str, type[models.Model]] = {
    "page": Page,
    "picture": get_image_model(),
    "author": Author,
    "category": Category,
    "identity": SiteIdentity,
}


def write_down(
    origin: PlantedItem.Origin, kind: str, key: str, thing: models.Model, names: Iterable[str] = ()
) -> None:
    """Record a thing as it is now: all its fields, or those that are named."""
    fields = {"origin": origin, "key": key, "content": content(thing, names)}
    PlantedItem.objects.update_or_create(kind=kind, object_id=thing.pk, defaults=fields)


def find(item: PlantedItem) -> models.Model | None:
    """Return what was planted as it is now; None once it is deleted."""
    found = KINDS[item.kind]._default_manager.filter(pk=item.object_id).first()
    return found.specific if isinstance(found, Page) else found


def changes(item: PlantedItem, thing: models.Model) -> set[str]:
    """Return the names of the fields that were changed since, in a draft as well."""
    found = _differences(item.content, thing)
    if isinstance(thing, Page) and thing.has_unpublished_changes:
        found |= _differences(item.content, thing.get_latest_revision_as_object())
    return found


def content(thing: models.Model, names: Iterable[str] = ()) -> Content:
    """Return a digest of each field that people edit."""
    return {name: digest(_value(thing, name)) for name in names or _names(thing)}


def content_of(model: type[models.Model], fields: Mapping[str, Any], names: Iterable[str] = ()) -> Content:
    """Return the digests of a thing that would be saved with these fields."""
    thing = model(**fields)
    for value in [getattr(thing, name) for name in fields]:
        if isinstance(value, StreamValue):
            for block in value:
                block.value  # noqa: B018 -- from here on it is what would be stored, not what was given
    return content(thing, names)


def digest(value: Any) -> str:
    plain = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:20]


def _differences(before: Content, thing: models.Model) -> set[str]:
    now = content(thing)
    return {name for name, each in before.items() if name in now and now[name] != each}


def _names(thing: models.Model) -> list[str]:
    if isinstance(thing, get_image_model()):
        return list(OF_A_PICTURE)
    fields = thing._meta.local_concrete_fields
    own = [field.attname for field in fields if field.editable and not field.primary_key]
    if not isinstance(thing, Page):
        return own
    return [*OF_EVERY_PAGE, *own, *(["tags"] if isinstance(thing, BlogPostPage) else [])]


def _value(thing: Any, name: str) -> Any:
    if name == "tags":
        return sorted(tag.name for tag in thing.tags.all())
    value = getattr(thing, name)
    if isinstance(value, StreamValue):
        return _without_ids(value.get_prep_value())
    if isinstance(value, FieldFile):
        return _bytes_of(value)
    return value


def _without_ids(raw: Any) -> Any:
    """Return a body without the ids of its blocks, which are new each time one is made."""
    if isinstance(raw, list):
        return [_without_ids(each) for each in raw]
    if not isinstance(raw, dict):
        return raw
    is_block = {"type", "value"} <= raw.keys()
    return {name: _without_ids(each) for name, each in raw.items() if not (is_block and name == "id")}


def checksum(file: Any) -> str:
    """Return a checksum of what is read from an open file."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def _bytes_of(file: FieldFile) -> str:
    """Return a checksum of a file; nothing for one that is lost."""
    try:
        with file.open("rb") as opened:
            return checksum(opened)
    except OSError:
        return ""

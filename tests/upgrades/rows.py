"""
Awkward rows for every table of ours, made from nothing but the fields of historical models.

Each choice and flag in every combination, up to MOST; the other fields go from the least they hold (NULL,
blank, zero) to the most. A table or field that a new migration adds is filled without a line here.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count, cycle, product
from typing import Any

from django.apps.registry import Apps
from django.db import connection, models
from wagtail.fields import StreamField

from cms import vault

OURS = ("blog", "blog_comments", "home", "home_contact", "outbox", "rate_limit")
MOST = 12  # rows of a table and state
LEAST, ORDINARY, UTMOST = STYLES = ("least", "ordinary", "utmost")
HUGE = "Grüße ẞ 🌙 \u2028 <b>&amp;</b> \u0926\u0947 ' \" \\ " * 200
numbers = count(1)


def of(label: str) -> bool:
    """Whether an app is one of ours, whatever is added to it."""
    return label in OURS or label.startswith("cms")


class Filler:
    """Fills the tables of one state. ``made`` holds each row's model, key and values."""

    def __init__(self, apps: Apps) -> None:
        self.apps = apps
        self.made: list[tuple[str, int, dict[str, Any]]] = []

    def fill(self, app_label: str) -> None:
        for model in self.apps.get_app_config(app_label).get_models():
            if model._meta.managed and not model._meta.proxy:
                for style, chosen in zip(cycle(STYLES), combinations(model), strict=False):
                    self.make(model, style, chosen)

    def make(self, model: type[models.Model], style: str, chosen: dict[str, Any]) -> models.Model:
        values = {field.attname: self.value(field, style) for field in fields_of(model)} | chosen
        if model._meta.model_name == "footerlink":  # it leads to one of the two
            values["address"] = "" if values["page_id"] else "https://example.org/"
        if model._meta.get_parent_list() and is_page(model):
            values |= self.place(model)
        row = model(**values)
        row.save(force_insert=True)
        self.note(model, row)
        return row

    def note(self, model: type[models.Model], row: models.Model) -> None:
        if of(model._meta.app_label):
            found = model.objects.filter(pk=row.pk).values(
                *(field.attname for field in model._meta.local_fields)
            )
            self.made.append((model._meta.label_lower, row.pk, found[0]))

    def place(self, model: type[models.Model]) -> dict[str, Any]:
        """Where a page is, as treebeard would have it: below the root, after the others."""
        pages = self.apps.get_model("wagtailcore", "Page").objects
        number = next(numbers)
        path = f"{pages.get(depth=1).path}Z{number:03}"
        pages.filter(depth=1).update(numchild=pages.filter(depth=2).count() + 1)
        kinds = self.apps.get_model("contenttypes", "ContentType").objects
        kind, _ = kinds.get_or_create(app_label=model._meta.app_label, model=model._meta.model_name)
        slug = f"filled-{number}"
        return {
            "path": path,
            "depth": 2,
            "numchild": 0,
            "slug": slug,
            "url_path": f"/{slug}/",
            "content_type_id": kind.pk,
        }

    def value(self, field: models.Field, style: str) -> Any:
        if isinstance(field, models.ForeignKey):
            other = self.other(field, style)  # by its key: the state may have rendered its class anew
            return other and getattr(other, field.target_field.attname)
        if is_unique(field):
            return None if field.null and style == LEAST else distinct(field)
        if field.null and style == LEAST:
            return None
        return plain_value(field, style)

    def other(self, field: models.ForeignKey, style: str) -> models.Model | None:
        if field.null and style == LEAST:
            return None
        model = self.apps.get_model(field.remote_field.model._meta.label)
        names = {"ContentType": {"model": "page"}, "Locale": {}, "Collection": {"depth": 1}, "Site": {}}
        if model.__name__ in names and not is_unique(field):
            return model.objects.filter(**names[model.__name__]).first() or self.make(model, ORDINARY, {})
        if field.null and model in (field.model, self.apps.get_model("wagtailcore.Revision")):
            return model.objects.order_by("pk").last()  # none to begin with, and never one for its own sake
        return (not is_unique(field) and model.objects.order_by("pk").last()) or self.new(model)

    def new(self, model: type[models.Model]) -> models.Model:
        """A row of a table that another one needs; a bare page is a page of the blog."""
        if model.__name__ == "Page":
            page = self.make(self.apps.get_model("blog", "BlogPostPage"), ORDINARY, {})
            return model.objects.get(pk=page.pk)
        return self.make(model, ORDINARY, {})


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """What a row is made of: no key that is drawn by the database, and nothing it works out."""
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.GeneratedField)
        and not (field.remote_field and getattr(field.remote_field, "parent_link", False))
    ]


def combinations(model: type[models.Model]) -> Iterator[dict[str, Any]]:
    """Every choice with every flag, MOST of them; never fewer than one row of each style."""
    free = [field for field in fields_of(model) if not is_unique(field) and values_of(field)]
    every = list(product(*(values_of(field) for field in free)))
    step = max(1, len(every) // MOST)
    some = every[::step][:MOST] if step == 1 else [every[n * step + n % step] for n in range(MOST)]
    for values in some + some[: max(0, len(STYLES) - len(some))]:
        yield dict(zip((field.name for field in free), values, strict=True))


def values_of(field: models.Field) -> list[Any]:
    if isinstance(field, models.BooleanField):
        return [False, True]
    if field.choices and isinstance(field, models.CharField | models.IntegerField):
        blank = [None] if field.null else [""] if field.blank and isinstance(field, models.CharField) else []
        return [*blank, *(value for value, _ in field.flatchoices)]
    return []


def is_unique(field: models.Field) -> bool:
    together = [*field.model._meta.unique_together]
    together += [constraint.fields for constraint in field.model._meta.total_unique_constraints]
    return field.unique or any(field.name in names for names in together)


def is_page(model: type[models.Model]) -> bool:
    return any(parent.__name__ == "Page" for parent in model._meta.get_parent_list())


def distinct(field: models.Field) -> Any:
    number = next(numbers)
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.IntegerField):
        return number
    if field.max_length == 32:
        return vault.index(f"reader{number}@example.org")
    return f"number-{number}"[-(field.max_length or 20) :]


def plain_value(field: models.Field, style: str) -> Any:
    """The least, something ordinary, or the most that a field holds."""
    if field.name in SEALED:
        return SEALED[field.name](f"Reader{next(numbers)}@Example.org")
    for kind, make in KINDS.items():
        if isinstance(field, kind):
            return make(field, style)
    raise AssertionError(f"{field.model._meta.label}.{field.name}: no row can be made of this kind of field")


def text(field: models.Field, style: str) -> str:
    if style == LEAST and field.blank:
        return ""
    if known := values_of(field):
        return known[-1]
    longest = field.max_length or len(HUGE)
    return {LEAST: "x", ORDINARY: f"words {next(numbers)}", UTMOST: HUGE}[style][:longest]


def number(field: models.Field, style: str) -> int:
    least, most = connection.ops.integer_field_range(field.get_internal_type())
    return {LEAST: max(least or 0, 0), ORDINARY: 7, UTMOST: most}[style]


def moment(field: models.Field, style: str) -> datetime:
    return datetime(
        *{LEAST: (1, 1, 2), ORDINARY: (2026, 2, 28, 12), UTMOST: (9999, 12, 30)}[style], tzinfo=UTC
    )


def json(field: models.Field, style: str) -> Any:
    empty = {} if field.get_default() is None and not field.null else field.get_default()
    if field.name != "fields" or style == LEAST:
        return empty
    return [["Message", HUGE if style == UTMOST else "words"], ["", ""]]


def stream(field: StreamField, style: str) -> list[dict[str, Any]]:
    if style == LEAST:
        return []
    kinds = field.stream_block.child_blocks.items()
    return [
        {"type": name, "value": block.get_prep_value(block.get_default()), "id": str(uuid.uuid4())}
        for _ in range(20 if style == UTMOST else 1)
        for name, block in kinds
    ] + [{"type": "of_an_older_version", "value": "words", "id": str(uuid.uuid4())}]


SEALED = {
    "sealed_address": vault.seal,
    "sealed_text": vault.seal_text,
    "address_index": vault.index,
}
KINDS = {
    StreamField: stream,
    models.UUIDField: lambda field, style: uuid.uuid4(),
    models.FileField: lambda field, style: f"files/{next(numbers)}.png",
    models.CharField: text,
    models.TextField: text,
    models.IntegerField: number,
    models.FloatField: lambda field, style: {LEAST: 0.0, ORDINARY: 2.5, UTMOST: 1e300}[style],
    models.DateTimeField: moment,
    models.DateField: lambda field, style: {LEAST: date.min, ORDINARY: date(2026, 2, 28), UTMOST: date.max}[
        style
    ],
    models.GenericIPAddressField: lambda field, style: "2001:db8::1",
    models.JSONField: json,
    models.BooleanField: lambda field, style: style == UTMOST,
    models.BinaryField: lambda field, style: b"\0\xff" * (50_000 if style == UTMOST else 1),
}

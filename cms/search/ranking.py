"""
Results of a search that cost the same however much is found.

The newest MOST_RANKED matches that the caller may see are ranked, once for the count and for the page.
modelsearch 1.3.2 itself ranks every match, and in SQLite runs the whole search again for each of them.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import (
    AutoField,
    Case,
    Exists,
    IntegerField,
    Model,
    OneToOneField,
    OuterRef,
    QuerySet,
    When,
)
from django.db.models.functions import Cast
from modelsearch.conf import get_app_config
from modelsearch.query import Phrase, PlainText
from modelsearch.utils import get_descendants_content_types_pks

MOST_RANKED = 1000

Scored = Iterable[tuple[str, float]]
Untyped: Any = object  # what is mixed into parts of modelsearch, which brings no types


def entries_of(objects: QuerySet) -> QuerySet:
    """Return the entries of the index that are of these objects, each looked up by its key."""
    kinds = get_descendants_content_types_pks(objects.model)
    # other entries have ids that are no numbers, and a database may read these before it knows the kind
    key = Case(When(content_type__in=kinds, then=Cast("object_id", IntegerField())))
    entries = (
        get_app_config().get_model("IndexEntry").objects.annotate(key=key).filter(content_type__in=kinds)
    )
    return entries.filter(Exists(objects.order_by().filter(pk=OuterRef("key"))))


class ResultsMixin(Untyped):
    """Results of a compiler with ``scored``; a query of another kind is left to modelsearch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: list[list[int]] = []  # one list of keys for all slices of these results

    def keys(self) -> list[int]:
        """Return the keys of the results, the best first; no object is made."""
        best = self._best
        return [each.pk for each in self] if best is None else best

    def _clone(self) -> "ResultsMixin":
        clone = super()._clone()
        clone.known = self.known
        return clone

    def _do_search(self) -> list[Model]:
        best = self._best
        if best is None:
            return super()._do_search()
        objects = {each.pk: each for each in self.query_compiler.queryset.filter(pk__in=best)}
        return [objects[pk] for pk in best if pk in objects]

    def _do_count(self) -> int:
        return super()._do_count() if self._best is None else len(self._best)

    @cached_property
    def _best(self) -> list[int] | None:
        """The keys of the results, the best first; None for a query that is left to modelsearch."""
        if not self._is_plain:
            return None
        if not self.known:
            compiler = self.query_compiler
            scored = compiler.scored(compiler.get_config(self.backend))
            order = sorted(((score, int(key)) for key, score in scored), reverse=True)
            self.known.append([key for _, key in order])
        return self.known[0][self.start : self.stop]

    @property
    def _is_plain(self) -> bool:
        compiler = self.query_compiler
        whole = not (compiler.queryset.query.is_sliced or compiler.queryset.query.combinator)
        numbered = isinstance(_root_key(compiler.queryset.model), AutoField | IntegerField)
        plain = isinstance(compiler.query, PlainText | Phrase) and compiler.order_by_relevance
        return plain and whole and numbered and not self._score_field


def _root_key(model: type[Model]) -> Any:
    key = model._meta.pk
    return _root_key(key.remote_field.model) if isinstance(key, OneToOneField) else key

"""Wagtail's search in SQLite, over the terms of ``words``. Checked with modelsearch 1.3.2."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from modelsearch.backends.database.sqlite import sqlite
from modelsearch.query import Phrase, PlainText

from cms.search import words
from cms.search.queries import Asking


class Indexer(sqlite.ObjectIndexer):
    """Builds an entry of the index."""

    @cached_property
    def title(self) -> str:
        return words.index_terms(super().title)

    @cached_property
    def body(self) -> str:
        return words.index_terms(super().body)

    @cached_property
    def autocomplete(self) -> str:
        return words.completion_terms(super().autocomplete)


class Query(sqlite.SQLiteSearchQueryCompiler):
    def ranked(self, config: Any) -> QuerySet:
        """Return the ids of the matches, the best first."""
        match = sqlite.MatchExpression(self.FTS_TABLE_FIELDS, self.build_search_query(self.query, config))
        kinds = sqlite.get_descendants_content_types_pks(self.queryset.model)
        entries = sqlite.SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=kinds)
        rank = self._build_rank_expression(self.get_search_vectors(), config)
        return (
            entries.annotate(score=rank)
            .order_by("score", "-index_entry")
            .values_list("index_entry__object_id", flat=True)
        )


class Completion(Query, sqlite.SQLiteAutocompleteQueryCompiler):
    pass


class Results(sqlite.SQLiteSearchResults):
    """Ranks all hits in one query. Wagtail's own makes one for each, a minute for ten thousand."""

    def _do_search(self) -> list[Model]:
        best = self._best
        if best is None:
            return super()._do_search()
        objects = {each.pk: each for each in self.query_compiler.queryset.filter(pk__in=best)}
        return [objects[pk] for pk in best if pk in objects]

    def _do_count(self) -> int:
        return super()._do_count() if self._best is None else len(self._best)

    @cached_property
    def _best(self) -> list[Any] | None:
        """The keys of the results, the best first; None for a query that is left to Wagtail."""
        compiler = self.query_compiler
        plain = isinstance(compiler.query, (PlainText, Phrase))
        if self._score_field or not (plain and compiler.order_by_relevance):
            return None
        ranked = compiler.ranked(compiler.get_config(self.backend))
        among = compiler.queryset.order_by().filter(pk__in=ranked.order_by())
        pks, to_python = set(among.values_list("pk", flat=True)), compiler.queryset.model._meta.pk.to_python
        return [pk for pk in map(to_python, ranked) if pk in pks][self.start : self.stop]


class Backend(Asking, sqlite.SQLiteSearchBackend):
    query_compiler_class = Query
    autocomplete_query_compiler_class = Completion
    results_class = Results


sqlite.ObjectIndexer = Indexer  # the index looks it up in its own module

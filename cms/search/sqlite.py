"""Wagtail's search in SQLite, over the terms of ``words``. Checked with modelsearch 1.3.2."""

from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.functional import cached_property
from modelsearch.backends.database.sqlite import sqlite

from cms.search import words
from cms.search.queries import Asking
from cms.search.ranking import MOST_RANKED, ResultsMixin, Scored, entries_of


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
    def scored(self, config: Any) -> Scored:
        """Return the ids of matches with their scores. The index itself is read first, and once."""
        match = sqlite.MatchExpression(self.FTS_TABLE_FIELDS, self.build_search_query(self.query, config))
        wanted = Exists(entries_of(self.queryset).filter(pk=OuterRef("pk")))
        found = sqlite.SQLiteFTSIndexEntry.objects.filter(match, wanted).order_by("-index_entry")
        entry = sqlite.IndexEntry.objects.filter(pk=OuterRef("pk"))
        known = {name: Subquery(entry.values(name)) for name in ("object_id", "title_norm")}
        rows = found.annotate(rank=sqlite.BM25(), **known).values_list("object_id", "title_norm", "rank")
        return [(key, -rank * self.weight(norm)) for key, norm, rank in rows[:MOST_RANKED]]

    def weight(self, title_norm: float) -> float:
        """A short title counts for more."""
        return 1 + title_norm


class Completion(Query, sqlite.SQLiteAutocompleteQueryCompiler):
    def weight(self, title_norm: float) -> float:
        return 1


class Results(ResultsMixin, sqlite.SQLiteSearchResults):
    pass


class Backend(Asking, sqlite.SQLiteSearchBackend):
    query_compiler_class = Query
    autocomplete_query_compiler_class = Completion
    results_class = Results


sqlite.ObjectIndexer = Indexer  # the index looks it up in its own module

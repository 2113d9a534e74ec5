"""Wagtail's search in PostgreSQL, over the terms of ``words``. Checked with modelsearch 1.3.2."""

from typing import Any

from django.db.models import F, Q
from modelsearch.backends.database.postgres import postgres
from modelsearch.query import Phrase, PlainText

from cms.search import words
from cms.search.queries import Asking
from cms.search.ranking import MOST_RANKED, ResultsMixin, Scored, entries_of

UNSTEMMED = "simple"  # the terms are stems already, the same on every database


class Indexer(postgres.ObjectIndexer):
    """Builds an entry of the index. The plain copies, for a similarity search, stay empty."""

    title_text = body_text = ""

    def as_vector(self, texts: list[tuple[str, str]], for_autocomplete: bool = False) -> Any:
        terms = words.completion_terms if for_autocomplete else words.index_terms
        return super().as_vector([(terms(text), weight) for text, weight in texts], for_autocomplete)


Vectors = tuple[tuple[F, Any], ...]


class Query(postgres.PostgresSearchQueryCompiler):
    def scored(self, config: Any) -> Scored:
        """Return the ids of matches with their scores: the newest are found first, and then ranked."""
        newest = entries_of(self.queryset).filter(self.matches(config)).order_by("-pk")[:MOST_RANKED]
        score = self._build_rank_expression(self.vectors, config)
        found = postgres.IndexEntry.objects.filter(pk__in=newest.values("pk"))
        return found.values_list("object_id", score)

    vectors: Vectors = ((F("title"), F("title_norm")), (F("body"), 1.0))

    def matches(self, config: Any) -> Q:
        """Each word is in title or body: the two have an index each, and both together none."""
        is_phrase = isinstance(self.query, Phrase)
        parts = [self.query] if is_phrase else map(PlainText, self.query.query_string.split())
        sought = [self.build_tsquery(each, config=config) for each in parts]
        connector = Q.OR if not is_phrase and self.query.operator == "or" else Q.AND
        return Q(*(Q(title=each) | Q(body=each) for each in sought), _connector=connector)


class Completion(Query, postgres.PostgresAutocompleteQueryCompiler):
    vectors: Vectors = ((F("autocomplete"), 1.0),)

    def matches(self, config: Any) -> Q:
        return Q(autocomplete=self.build_tsquery(self.query, config=config))


class Results(ResultsMixin, postgres.PostgresSearchResults):
    pass


class Backend(Asking, postgres.PostgresSearchBackend):
    query_compiler_class = Query
    autocomplete_query_compiler_class = Completion
    results_class = Results

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({"SEARCH_CONFIG": UNSTEMMED, **params})


postgres.ObjectIndexer = Indexer  # the index looks it up in its own module

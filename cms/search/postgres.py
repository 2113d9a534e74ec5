"""Wagtail's search in PostgreSQL, over the terms of ``words``. Checked with modelsearch 1.3.2."""

from typing import Any

from modelsearch.backends.database.postgres import postgres

from cms.search import words
from cms.search.queries import Asking

UNSTEMMED = "simple"  # the terms are stems already, the same on every database


class Indexer(postgres.ObjectIndexer):
    """Builds an entry of the index. The plain copies, for a similarity search, stay empty."""

    title_text = body_text = ""

    def as_vector(self, texts: list[tuple[str, str]], for_autocomplete: bool = False) -> Any:
        terms = words.completion_terms if for_autocomplete else words.index_terms
        return super().as_vector([(terms(text), weight) for text, weight in texts], for_autocomplete)


class Backend(Asking, postgres.PostgresSearchBackend):
    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({"SEARCH_CONFIG": UNSTEMMED, **params})


postgres.ObjectIndexer = Indexer  # the index looks it up in its own module

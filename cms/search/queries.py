"""Queries, rewritten in the terms of the index."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modelsearch.backends.base import BaseSearchBackend, BaseSearchQueryCompiler, BaseSearchResults
from modelsearch.query import And, Boost, Not, Or, Phrase, PlainText, SearchQuery

from cms.search import words

MOST_PARTS = 12  # quoted phrases and the words between them


class Asking(BaseSearchBackend):
    """
    Rewrites a query before the backend compiles it. A query without any word finds nothing.

    Whatever ``fields`` are named, the whole index is searched: the columns of a model hold words, not terms.
    """

    def _search(
        self, compiler: type[BaseSearchQueryCompiler], query: str | SearchQuery, asked: Any, **options: Any
    ) -> BaseSearchResults:
        terms = (
            words.prefix_terms if compiler is self.autocomplete_query_compiler_class else words.query_terms
        )
        if options.get("fields"):  # an empty list still finds nothing
            options["fields"] = None
        return super()._search(compiler, rewrite(query, terms), asked, **options)


def rewrite(query: str | SearchQuery, terms: Callable[[str], str]) -> str | SearchQuery:
    """Return the query in terms of the index; an empty text when nothing of it is left."""
    if not isinstance(query, SearchQuery):
        return terms(query or "")
    return _Rewriting(terms).of(query) or ""


@dataclass
class _Rewriting:
    terms: Callable[[str], str]
    parts: int = 0

    def of(self, query: SearchQuery) -> SearchQuery | None:
        """Return a query, or None where it has no word, or is beyond the most parts."""
        match query:
            case PlainText():
                text = self._part(query.query_string)
                return PlainText(text, operator=query.operator, boost=query.boost) if text else None
            case Phrase():
                text = self._part(query.query_string)
                return Phrase(text) if text else None
            case And() | Or():
                return self._joined(type(query), query.subqueries)
            case Not():
                inner = self.of(query.subquery)
                return inner and Not(inner)
            case Boost():
                inner = self.of(query.subquery)
                return inner and Boost(inner, query.boost)
        return query

    def _joined(self, kind: type[And] | type[Or], subqueries: list[SearchQuery]) -> SearchQuery | None:
        kept = [each for each in map(self.of, subqueries) if each]
        return kind(kept) if len(kept) > 1 else next(iter(kept), None)

    def _part(self, text: str) -> str:
        self.parts += 1
        return self.terms(text) if self.parts <= MOST_PARTS else ""

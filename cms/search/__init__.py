"""
The search index and its queries: ``WAGTAILSEARCH_BACKENDS`` names this package.

    words             turns a text into terms that both databases treat alike
    queries           turns any query into such terms
    sqlite postgres   Wagtail's backends, using both
    snippets          shows the words that were found
    upkeep            rebuilds the index when the format of its terms has changed

Every search in the admin, the site or the API passes through here, and no query syntax is left.
"""

from importlib import import_module
from typing import Any

from django.db import connection
from modelsearch.backends.base import BaseSearchBackend


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:
    """Return the backend of this database. The other's module cannot be imported here."""
    kind = "postgres" if connection.vendor == "postgresql" else "sqlite"
    return import_module(f"cms.search.{kind}").Backend(params)

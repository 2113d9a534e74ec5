"""The search of the site."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from cms import cursors
from cms.cursors import Cursor, Limit
from cms.errors.problems import Problem
from cms.pages.api import PageLink, link
from cms.search import words
from cms.search.snippets import snippet
from home.api.pages import Type, type_of
from home.search import find, text_of

router = Router(tags=["search"])


class ResultOut(PageLink):
    type: Type
    snippet: str = Field(
        description="HTML: what was found, escaped, with the words that match in `<mark>` and nothing else."
    )


class ResultList(Schema):
    items: list[ResultOut]
    next: str | None


@router.get(
    "/search/",
    response={200: ResultList, 422: Problem, 429: Problem},
    operation_id="search",
    summary="Search the site",
)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=words.LONGEST_QUERY, description="Words to look for.")],
    cursor: Cursor = "",
    limit: Limit = 10,
) -> dict[str, Any]:
    """Public pages of every type that have the words, the best first."""
    query = " ".join(q.replace("\0", " ").split())
    start = cursors.after(cursor)
    found = list(find(query, request)[start : start + limit + 1]) if words.query_terms(query) else []
    shown = [page for page in found[:limit] if page.get_url_parts(request)]
    return {
        "items": [
            {
                **link(page, request),
                "type": type_of(type(page)),
                "snippet": snippet(text_of(page), query),
            }
            for page in shown
        ],
        "next": cursors.give("", start + limit) if len(found) > limit else None,
    }

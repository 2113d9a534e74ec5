"""Lists of posts, and the comments of one, as JSON."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from django.db.models import DateField, Q
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from blog.api.cards import PostCard, cards
from blog.comments.posting import api as comments
from blog.models import FINDERS, NARROWED, BlogPostPage
from cms import cursors
from cms.cursors import Cursor, Limit
from cms.errors.problems import Problem
from cms.http.cross_site import require_trusted_json_post
from cms.rate_limit import clients, reading
from cms.reading import public_pages
from cms.reading.prepared import Given, Prepared
from cms.reading.sites import find_site
from cms.search import words

router = Router(tags=["posts"])

NO_KEY = 0
NARROWING = {
    **{name: Q(**{f"{field}_id": Given(name)}) for name, field in NARROWED.items()},
    "since": Q(date__gte=Given("since", DateField())),
    "until": Q(date__lte=Given("until", DateField())),
    "found": Q(page_ptr__id__in=[Given("found", many=True)]),
}
MOST_FOUND = 500  # posts of a search
MOST_SEARCHES_A_MINUTE = 120  # of one network, as on the site


def _day(sent: str) -> date:
    """Pydantic alone would take seconds since 1970, too."""
    try:
        return date.fromisoformat(sent)
    except ValueError:
        raise PydanticCustomError("day", "Send a day such as 2026-01-31.") from None


Day = Annotated[date, BeforeValidator(_day)]
PostKey = Annotated[str, Path(description=public_pages.SLUG_OR_ID)]
Order = Literal["newest", "oldest"]


class PostList(Schema):
    items: list[PostCard]
    next: str | None


@router.get(
    "/posts/",
    response={200: PostList, 422: Problem, 429: Problem},
    operation_id="list_posts",
    summary="List posts",
)
def list_posts(
    request: HttpRequest,
    cursor: Cursor = "",
    limit: Limit = 20,
    tag: Annotated[str, Query(max_length=200, description="The slug of a tag.")] = "",
    category: Annotated[str, Query(max_length=200, description="The slug of a category.")] = "",
    author: Annotated[str, Query(max_length=200, description="The slug of an author.")] = "",
    since: Annotated[Day | None, Query(description="Posts of this day and later.")] = None,
    until: Annotated[Day | None, Query(description="Posts of this day and earlier.")] = None,
    search: Annotated[str, Query(max_length=words.LONGEST_QUERY, description="Words in the posts.")] = "",
    order: Order = "newest",
) -> dict[str, Any]:
    """Posts of the requested site. An unknown tag, category or author has none."""
    given: dict[str, Any] = {"since": since, "until": until}
    given |= _terms({"tag": tag, "category": category, "author": author})
    if search:
        given["found"] = _found(search, request)
    if cursor:
        given["day"], given["pk"] = cursors.read(cursor, date.fromisoformat)
    posts = _page_of_posts(request, given, order, limit + 1)
    page = posts[:limit]
    return {
        "items": cards(page, request),
        "next": cursors.give(page[-1].date, page[-1].pk) if len(posts) > limit else None,
    }


@router.get(
    "/posts/{post}/comments/",
    response=comments.LISTED,
    tags=["comments"],
    operation_id="list_comments",
    summary="List the comments of a post",
)
def list_comments(
    request: HttpRequest,
    post: PostKey,
    cursor: Cursor = "",
    limit: Limit = 20,
    order: comments.Order = "oldest",
) -> dict[str, Any]:
    """Approved threads of a post, oldest or newest first, each with its first replies."""
    return comments.threads_of(public_post(post, request), request, cursor, limit, order)


@router.get(
    "/posts/{post}/comments/{comment_id}/replies/",
    response=comments.REPLIES,
    tags=["comments"],
    operation_id="list_replies",
    summary="List the replies of a comment",
)
def list_replies(
    request: HttpRequest, post: PostKey, comment_id: int, cursor: Cursor = "", limit: Limit = 20
) -> dict[str, Any]:
    """The replies of one thread, oldest first, each with the id of the comment it answers."""
    return comments.replies_of(public_post(post, request), comment_id, cursor, limit)


@router.post(
    "/posts/{post}/comments/",
    response=comments.TAKEN,
    tags=["comments"],
    operation_id="post_comment",
    summary="Comment on a post",
)
def post_comment(
    request: HttpRequest,
    post: PostKey,
    sent: comments.CommentIn,
    idempotency_key: comments.IdempotencyKey = "",
) -> Status[dict[str, Any]]:
    """
    Send a comment. It is held until a moderator has read it, unless the site's rules publish it.

    The author's token of an earlier comment, sent as a bearer token, shows that the same person writes again.
    """
    require_trusted_json_post(request)
    return comments.take(public_post(post, request), request, sent, idempotency_key)


def public_post(key: str, request: HttpRequest) -> BlogPostPage:
    """Raises Http404 for anything but the slug or id of a public post."""
    posts = BlogPostPage.objects.published().select_related("author", "category", "hero")
    return public_pages.find(posts, key, request)


def _terms(asked: dict[str, str]) -> dict[str, int]:
    """Return the keys of the terms asked for; of an unknown one, a key that nothing has."""
    asked = {name: slug.replace("\0", "") for name, slug in asked.items()}
    found = {name: FINDERS[name](slug) for name, slug in asked.items() if slug}
    return {name: each.pk if each else NO_KEY for name, each in found.items()}


def _page_of_posts(
    request: HttpRequest, given: dict[str, Any], order: Order, number: int
) -> list[BlogPostPage]:
    site = find_site(request)
    given = {name: value for name, value in given.items() if value is not None}
    if site is None:
        return []
    names = frozenset(NARROWING.keys() & given.keys())
    return _list(names, "day" in given, order, number)(root=site.root_page.path, **given)


@lru_cache
def _list(names: frozenset[str], goes_on: bool, order: Order, number: int) -> Prepared:
    """A list that is narrowed by these, and that begins anew or ``goes_on`` after a post."""
    narrowed = [NARROWING[name] for name in sorted(names)]
    posts = BlogPostPage.objects.published().filter(*narrowed, path__startswith=Given("root"))
    if order == "oldest":
        posts = posts.order_by("date", "pk")
    if goes_on:
        further = "gt" if order == "oldest" else "lt"
        day, pk = Given("day", DateField()), Given("pk")
        posts = posts.filter(Q(**{f"date__{further}": day}) | Q(date=day, **{f"pk__{further}": pk}))
    return Prepared(lambda: posts.joined()[:number])


def _found(search: str, request: HttpRequest) -> list[int]:
    """Return the ids of the posts that match best. Raises TooManyError."""
    reading.take(clients.client_of(request, "search"), most=MOST_SEARCHES_A_MINUTE, seconds=60)
    pages = public_pages.searchable(request).type(BlogPostPage)
    return [page.pk for page in pages.search(search.replace("\0", " "))[:MOST_FOUND]]

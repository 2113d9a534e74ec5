"""Authors, categories and tags: those that a public post of the requested site has."""

from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field
from taggit.models import Tag

from blog.api.cards import AuthorOut, TermOut, author_of, term
from blog.models import NARROWED, Author, BlogIndexPage, BlogPostPage, Category
from cms import cursors
from cms.cursors import Cursor, Limit
from cms.errors.problems import Problem
from cms.pages.api import link
from cms.reading import keyset, public_pages

router = Router(tags=["posts"])


class Counted(Schema):
    post_count: int = Field(description="Public posts of the requested site that have it.")


class CountedTerm(TermOut, Counted):
    pass


class CountedAuthor(AuthorOut, Counted):
    pass


class TermList(Schema):
    items: list[CountedTerm]
    next: str | None


class AuthorList(Schema):
    items: list[CountedAuthor]
    next: str | None


LISTED = {200: TermList, 422: Problem}


@router.get(
    "/authors/", response={200: AuthorList, 422: Problem}, operation_id="list_authors", summary="List authors"
)
def list_authors(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> dict[str, Any]:
    """Authors of posts on the requested site, by slug."""
    return _listed(Author.objects.all(), "author", request, cursor, limit)


@router.get("/categories/", response=LISTED, operation_id="list_categories", summary="List categories")
def list_categories(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> dict[str, Any]:
    """Categories of posts on the requested site, by slug."""
    return _listed(Category.objects.all(), "category", request, cursor, limit)


@router.get("/tags/", response=LISTED, operation_id="list_tags", summary="List tags")
def list_tags(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> dict[str, Any]:
    """Tags of posts on the requested site, by slug."""
    return _listed(Tag.objects.all(), "tag", request, cursor, limit)


def _listed(terms: QuerySet, kind: str, request: HttpRequest, cursor: str, limit: int) -> dict[str, Any]:
    """Return one page of the terms that posts have. A slug is unique, so the list is ordered by it alone."""
    posts = public_pages.in_site(BlogPostPage.objects.published(), request).order_by()
    counts = dict(posts.values_list(F(NARROWED[kind])).annotate(Count("pk", distinct=True)))
    counts.pop(None, None)
    found = terms.filter(pk__in=counts).order_by("slug")
    if cursor:
        found = found.filter(slug__gt=cursors.read(cursor, str)[0])
    page, more = keyset.page(found, limit)
    blog = _first_blog(request)
    return {
        "items": [{**_out(each, kind, blog), "post_count": counts[each.pk]} for each in page],
        "next": cursors.give(page[-1].slug, page[-1].pk) if more else None,
    }


def _first_blog(request: HttpRequest) -> str:
    blogs = public_pages.of(public_pages.in_site(BlogIndexPage.objects.order_by("path"), request))
    blog = blogs.first()
    return link(blog, request)["url"] if blog and blog.get_url_parts(request) else ""


def _out(named: Any, kind: str, blog: str) -> dict[str, str]:
    return author_of(named, blog) if kind == "author" else term(named, kind, blog)

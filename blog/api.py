"""Posts as JSON; ``comment_api`` has what readers say of them."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from blog.comments import policy, queries
from blog.models import CARD_PICTURE, BlogPostPage, PostQuerySet
from cms import cursors, public_pages
from cms.cursors import Cursor, Limit
from cms.problems import Problem

router = Router(tags=["posts"])


class PictureOut(Schema):
    url: str
    width: int
    height: int
    alt: str


class PostCard(Schema):
    id: int
    slug: str
    title: str
    url: str
    standfirst: str
    date: date
    author: str
    category: str
    tags: list[str]
    picture: PictureOut | None
    comment_count: int


class SearchEnginesOut(Schema):
    title: str
    description: str
    canonical_url: str
    noindex: bool


class PostOut(PostCard):
    reading_minutes: int
    blocks: list[dict[str, Any]] = Field(description="The body as typed blocks: type, value, id.")
    html: str = Field(description="The body as the site renders it.")
    comments_open: bool
    seo: SearchEnginesOut


class PostList(Schema):
    items: list[PostCard]
    next: str | None


@router.get("/posts/", response={200: PostList, 422: Problem}, operation_id="list_posts")
def list_posts(
    request: HttpRequest, cursor: Cursor = "", limit: Limit = 20, tag: Cursor = "", category: Cursor = ""
) -> dict[str, Any]:
    """Posts anyone may read, newest first."""
    found = _filtered(tag.replace("\0", ""), category.replace("\0", ""))
    if cursor:
        day, pk = cursors.read(cursor, date.fromisoformat)
        found = found.filter(Q(date__lt=day) | Q(date=day, pk__lt=pk))
    posts = list(found.for_cards().prefetch_related("tags")[: limit + 1])
    more, posts = len(posts) > limit, posts[:limit]
    comments = queries.counts([post.pk for post in posts])
    return {
        "items": [_card(post, request, comments[post.pk]) for post in posts],
        "next": cursors.give(posts[-1].date, posts[-1].pk) if more else None,
    }


@router.get("/posts/{post}/", response={200: PostOut, 404: Problem}, operation_id="get_post")
def get_post(request: HttpRequest, post: str) -> dict[str, Any]:
    """One post, by id or slug: blocks, HTML, picture, and what search engines are told."""
    page = public_post(post)
    block = page.body.stream_block
    return {
        **_card(page, request, queries.counts([page.pk])[page.pk]),
        "reading_minutes": page.reading_minutes,
        "blocks": block.get_api_representation(page.body, context={"request": request}),
        "html": str(page.body.render_as_block({"page": page, "request": request})),
        "comments_open": policy.of(page).open,
        "seo": {
            "title": page.seo_title or page.title,
            "description": page.search_description or page.standfirst,
            "canonical_url": page.canonical_url or page.get_full_url(request),
            "noindex": page.noindex,
        },
    }


def _filtered(tag: str, category: str) -> PostQuerySet:
    posts = BlogPostPage.objects.published()
    if tag:
        posts = posts.filter(tagged_items__tag__slug=tag)
    if category:
        posts = posts.filter(category__slug=category)
    return posts


def public_post(key: str) -> BlogPostPage:
    """Raises Http404 for anything but the id or slug of a public post."""
    posts = BlogPostPage.objects.published().select_related("author", "category", "hero")
    return public_pages.find(posts, key)


def _card(post: BlogPostPage, request: HttpRequest, comment_count: int) -> dict[str, Any]:
    return {
        "id": post.pk,
        "slug": post.slug,
        "title": post.title,
        "url": post.get_full_url(request),
        "standfirst": post.standfirst,
        "date": post.date,
        "author": post.author.name if post.author else "",
        "category": post.category.name if post.category else "",
        "tags": [tag.name for tag in post.tags.all()],
        "picture": _picture(post),
        "comment_count": comment_count,
    }


def _picture(post: BlogPostPage) -> dict[str, Any] | None:
    if post.hero is None:
        return None
    rendition = post.hero.get_rendition(CARD_PICTURE)
    return {
        "url": rendition.full_url,
        "width": rendition.width,
        "height": rendition.height,
        "alt": post.hero.default_alt_text,
    }

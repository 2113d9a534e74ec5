"""A post in a list: all that a card shows, in a fixed number of queries for any number of posts."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from pydantic import BaseModel, Field
from wagtail.models import Page

from blog.comments.reading import queries
from blog.models import BlogIndexPage, BlogPostPage
from cms.pages.api import PageLink, link
from cms.pictures import api as pictures
from cms.pictures import specs
from cms.pictures.api import PictureOut


class TermOut(BaseModel):
    """An author, a category or a tag. ``slug`` is what ``list_posts`` takes."""

    slug: str
    name: str
    url: str = Field(description="The posts of the same blog that have it, on the site.")


class AuthorOut(TermOut):
    credentials: str
    about: str


class PostCard(PageLink):
    slug: str
    standfirst: str
    date: date
    updated_at: datetime | None = Field(description="When it was last published.")
    reading_minutes: int
    author: AuthorOut | None
    category: TermOut | None
    tags: list[TermOut]
    picture: PictureOut | None
    comment_count: int = Field(description="Comments that a visitor can read.")


def cards(posts: Iterable[BlogPostPage], request: HttpRequest) -> list[dict[str, Any]]:
    """Return a ``PostCard`` for each post of ``PostQuerySet.for_programs``."""
    posts = list(posts)
    counts = queries.counts([post.pk for post in posts])
    blogs = _blogs_of(posts)
    return [
        {
            **link(post, request),
            "slug": post.slug,
            "standfirst": post.standfirst,
            "date": post.date,
            "updated_at": post.last_published_at,
            "reading_minutes": post.reading_minutes,
            **terms(post, _address(blogs.get(post.path[: -post.steplen]), request)),
            "picture": pictures.picture(post.hero, default=specs.CARD, caption=post.hero_caption),
            "comment_count": counts[post.pk],
        }
        for post in posts
    ]


def terms(post: BlogPostPage, blog: str) -> dict[str, Any]:
    """Return who wrote a post and what it is about, with addresses below that of its ``blog``."""
    author, category = post.author, post.category
    return {
        "author": author and author_of(author, blog),
        "category": category and term(category, "category", blog),
        "tags": [term(tag, "tag", blog) for tag in sorted(post.tags.all(), key=lambda tag: tag.name)],
    }


def author_of(author: Any, blog: str) -> dict[str, Any]:
    return {**term(author, "author", blog), "credentials": author.credentials, "about": author.bio}


def term(named: Any, kind: str, blog: str) -> dict[str, str]:
    return {"slug": named.slug, "name": named.name, "url": f"{blog}?{kind}={quote(named.slug)}"}


def _blogs_of(posts: list[BlogPostPage]) -> dict[str, Page]:
    places = {post.path[: -post.steplen] for post in posts}
    return {blog.path: blog for blog in BlogIndexPage.objects.filter(path__in=places)} if places else {}


def _address(blog: Page | None, request: HttpRequest) -> str:
    return link(blog, request)["url"] if blog else ""

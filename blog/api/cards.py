"""A post in a list: all that a card shows, in a fixed number of queries for any number of posts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest
from pydantic import BaseModel, Field

from blog.comments.reading import queries
from blog.models import BlogIndexPage, BlogPostPage, BlogPostTag
from cms.pages.api import PageLink, link
from cms.pictures import api as pictures
from cms.pictures import specs
from cms.pictures.api import PictureOut
from cms.reading.prepared import Given, prepared


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


class Label(NamedTuple):
    """A tag, without its model."""

    slug: str
    name: str


def cards(posts: Iterable[BlogPostPage], request: HttpRequest) -> list[dict[str, Any]]:
    """Return a ``PostCard`` for each post of ``PostQuerySet.joined``."""
    posts = list(posts)
    counts = queries.counts([post.pk for post in posts])
    drawn = pictures.sizes_of(post.hero for post in posts if post.hero)
    tags, blogs = _tags_of(posts), _blogs_of(posts, request)
    return [
        {
            **_own(post, request, blogs.get(_place_of_blog(post), ""), tags[post.pk]),
            "picture": pictures.picture(
                post.hero, drawn=drawn.get(post.hero_id or 0), default=specs.CARD, caption=post.hero_caption
            ),
            "comment_count": counts[post.pk],
        }
        for post in posts
    ]


def card(post: BlogPostPage, request: HttpRequest) -> dict[str, Any]:
    """Return the ``PostCard`` of one post, which may be a draft: its tags are in no table yet."""
    blog = _blogs_of([post], request).get(_place_of_blog(post), "")
    return {
        **_own(post, request, blog, post.tags.all()),
        "picture": pictures.picture(post.hero, default=specs.CARD, caption=post.hero_caption),
        "comment_count": queries.counts([post.pk])[post.pk],
    }


def _own(post: BlogPostPage, request: HttpRequest, blog: str, tags: Iterable[Any]) -> dict[str, Any]:
    """Return what a post says itself, with addresses of terms below that of its ``blog``."""
    author, category = post.author, post.category
    return {
        **link(post, request),
        "slug": post.slug,
        "standfirst": post.standfirst,
        "date": post.date,
        "updated_at": post.last_published_at,
        "reading_minutes": post.reading_minutes,
        "author": author and author_of(author, blog),
        "category": category and term(category, "category", blog),
        "tags": [term(tag, "tag", blog) for tag in sorted(tags, key=lambda tag: tag.name)],
    }


def author_of(author: Any, blog: str) -> dict[str, Any]:
    return {**term(author, "author", blog), "credentials": author.credentials, "about": author.bio}


def term(named: Any, kind: str, blog: str) -> dict[str, str]:
    return {"slug": named.slug, "name": named.name, "url": f"{blog}?{kind}={quote(named.slug)}"}


def _tags_of(posts: list[BlogPostPage]) -> Mapping[int, list[Label]]:
    tags: Mapping[int, list[Label]] = defaultdict(list)
    for post, slug, name in _labels(posts=[post.pk for post in posts]) if posts else ():
        tags[post].append(Label(slug, name))
    return tags


@prepared
def _labels() -> QuerySet:
    tagged = BlogPostTag.objects.filter(content_object__id__in=[Given("posts", many=True)])
    return tagged.values_list("content_object_id", "tag__slug", "tag__name").distinct()


def _place_of_blog(post: BlogPostPage) -> str:
    return post.path[: -post.steplen]


def _blogs_of(posts: list[BlogPostPage], request: HttpRequest) -> dict[str, str]:
    """Return the addresses of the posts' blogs by their places in the tree."""
    places = {_place_of_blog(post) for post in posts}
    return {blog.path: link(blog, request)["url"] for blog in _blogs_at(places=places)} if places else {}


@prepared
def _blogs_at() -> QuerySet[BlogIndexPage]:
    return BlogIndexPage.objects.filter(path__in=[Given("places", many=True)])

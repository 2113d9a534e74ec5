"""What each page of the demo says, as values of its fields: to be planted, and to be recognised."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.models import Page

from blog.models import Author, BlogIndexPage, BlogPostPage, Category
from home.block_values import filled
from home.demo import pages
from home.demo.posts import POSTS
from home.demo.shapes import PageWords, Post, at
from home.models import ContactPage, HomePage, StandardPage

OPENED = at("2026-07-01 09:00")
FRONT: dict[str, PageWords] = {
    "blog": pages.BLOG,
    "about": pages.ABOUT,
    "contact": pages.CONTACT,
    "privacy": pages.PRIVACY,
    "home": pages.HOME,
}
# those below the home page, in the order of the menu
MENU: dict[str, dict[str, Any]] = {
    "blog": {"show_in_menus": True},
    "about": {"show_in_menus": True},
    "contact": {"show_in_menus": True},
    "privacy": {},
}
MODELS: dict[str, type[Page]] = {
    "home": HomePage,
    "blog": BlogIndexPage,
    "about": StandardPage,
    "contact": ContactPage,
    "privacy": StandardPage,
}
BY_SLUG = {post.slug: post for post in POSTS}
POST_SLUGS = tuple(BY_SLUG)
SAME = (  # fields of a post that are spelt as here
    "search_description",
    "date",
    "hero_caption",
    "reviewed_by",
    "last_reviewed",
    "next_review",
    "comments_open",
)


@dataclass(frozen=True, slots=True)
class Words:
    """The fields of a page, its tags, and when it was published."""

    fields: dict[str, Any]
    tags: tuple[str, ...]
    at: datetime


def of(key: str, ids: Mapping[str, int], pictures: Mapping[str, int]) -> Words:
    """Return what a page says. Raises KeyError where a page or a picture that it names is not there."""
    if key in FRONT:
        return Words(_of_front(FRONT[key], ids, pictures), (), OPENED)
    post = BY_SLUG[key]
    return Words(_of_post(post, ids, pictures), post.tags, at(f"{post.date:%Y-%m-%d} 08:00"))


def model_of(key: str) -> type[Page]:
    return MODELS.get(key, BlogPostPage)


def outside(key: str) -> dict[str, Any]:
    """Return what a page has from the moment when it is an empty draft."""
    if post := BY_SLUG.get(key):
        return {"title": post.title, "standfirst": post.standfirst}
    return MENU.get(key, {})


def _of_front(words: PageWords, ids: Mapping[str, int], pictures: Mapping[str, int]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in words.items() if name not in {"body", "picture"}}
    if "body" in words:
        fields["body"] = json.dumps(filled(words["body"], ids, pictures))
    if "picture" in words:
        fields["picture_id"] = pictures[words["picture"]]
    return fields


def _of_post(post: Post, ids: Mapping[str, int], pictures: Mapping[str, int]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(post, name) for name in SAME}
    fields["author_id"] = Author.objects.filter(slug=post.author).values_list("pk", flat=True).first()
    fields["category_id"] = Category.objects.filter(slug=post.category).values_list("pk", flat=True).first()
    fields["hero_id"] = pictures[post.hero]
    fields["body"] = json.dumps(filled(post.body, ids, pictures))
    return fields

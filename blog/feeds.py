"""The posts of a blog, and their comments, as Atom."""

from datetime import datetime
from datetime import time as time_of_day
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext
from wagtail.query import PageQuerySet

from blog.comments.posting.feeds import COMMENTS_IN_FEED, CommentsFeed, Item
from blog.comments.reading import queries
from cms.pages.feeds import PolledFeed, lasting_id

POSTS_IN_FEED = 20

Post = Any  # a page with a date, an author and tags


class Blog(Protocol):
    title: str
    introduction: str
    full_url: str

    def posts(self) -> PageQuerySet: ...


class PostsFeed(PolledFeed):
    """The newest posts of a blog, as Atom. An author is given by name only, never by address."""

    def __init__(self, blog: Blog) -> None:
        self.blog = self.page = blog

    def title(self) -> str:
        return self.blog.title

    def subtitle(self) -> str:
        return self.blog.introduction

    def link(self) -> str:
        return self.blog.full_url

    def feed_url(self) -> str:
        return f"{self.blog.full_url}feed/"

    def feed_guid(self) -> str:
        return lasting_id(self.blog, "posts")

    def items(self) -> list[Post]:
        return list(self.blog.posts().for_cards().prefetch_related("tags")[:POSTS_IN_FEED])

    def item_guid(self, item: Post) -> str:
        return lasting_id(item, "post")

    def item_title(self, item: Post) -> str:
        return item.title

    def item_description(self, item: Post) -> str:
        return item.standfirst

    def item_link(self, item: Post) -> str:
        return item.full_url

    def item_author_name(self, item: Post) -> str:
        return item.author.name if item.author else ""

    def item_pubdate(self, item: Post) -> datetime:
        """Nine o'clock on its date, or when it was published if that was earlier."""
        nine = timezone.make_aware(datetime.combine(item.date, time_of_day(9)))
        return min(nine, item.first_published_at or nine)

    def item_updateddate(self, item: Post) -> datetime:
        return item.last_published_at or self.item_pubdate(item)

    def item_categories(self, item: Post) -> list[str]:
        return [tag.name for tag in item.tags.all()]


class AllCommentsFeed(CommentsFeed):
    """The newest approved comments of a blog's public posts."""

    def newest(self) -> list[Item]:
        return queries.newest_among(self.page.posts(), COMMENTS_IN_FEED)

    def item_title(self, item: Item) -> str:
        post, comment = item
        return gettext("%(name)s on %(title)s") % {"name": comment.name, "title": post.title}

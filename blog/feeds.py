from datetime import datetime, time
from typing import TYPE_CHECKING

from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from wagtail.models import Page

from blog.comments import queries

if TYPE_CHECKING:
    from blog.models import BlogIndexPage, BlogPostPage

POSTS_IN_FEED = 20
COMMENTS_IN_FEED = 50

Item = tuple[Page, queries.Node]


class PostsFeed(Feed):
    """The newest posts of a blog, as Atom. An author is a name; no address stands in it."""

    feed_type = Atom1Feed

    def __init__(self, blog: "BlogIndexPage") -> None:
        self.blog = blog

    def title(self) -> str:
        return self.blog.title

    def subtitle(self) -> str:
        return self.blog.introduction

    def link(self) -> str:
        return self.blog.full_url

    def feed_url(self) -> str:
        return f"{self.blog.full_url}feed/"

    def items(self) -> list["BlogPostPage"]:
        return list(self.blog.posts().for_cards().prefetch_related("tags")[:POSTS_IN_FEED])

    def item_title(self, item: "BlogPostPage") -> str:
        return item.title

    def item_description(self, item: "BlogPostPage") -> str:
        return item.standfirst

    def item_link(self, item: "BlogPostPage") -> str:
        return item.full_url

    def item_author_name(self, item: "BlogPostPage") -> str:
        return item.author.name if item.author else ""

    def item_pubdate(self, item: "BlogPostPage") -> datetime:
        return timezone.make_aware(datetime.combine(item.date, time(9)))

    def item_updateddate(self, item: "BlogPostPage") -> datetime:
        return item.last_published_at or self.item_pubdate(item)

    def item_categories(self, item: "BlogPostPage") -> list[str]:
        return [tag.name for tag in item.tags.all()]


class CommentsFeed(Feed):
    """The newest approved comments of a post, as Atom."""

    feed_type = Atom1Feed

    def __init__(self, page: Page) -> None:
        self.page = page

    def title(self) -> str:
        return f"Comments on {self.page.title}"

    def link(self) -> str:
        return self.page.full_url

    def feed_url(self) -> str:
        return f"{self.page.full_url}comments/feed/"

    def items(self) -> list[Item]:
        return [(self.page, node) for node in queries.newest(self.page, COMMENTS_IN_FEED)]

    def item_title(self, item: Item) -> str:
        return item[1].name

    def item_description(self, item: Item) -> str:
        return item[1].html

    def item_link(self, item: Item) -> str:
        post, comment = item
        return f"{post.full_url}comments/{comment.id}/"

    def item_author_name(self, item: Item) -> str:
        return item[1].name

    def item_pubdate(self, item: Item) -> datetime:
        return item[1].submitted_at


class AllCommentsFeed(CommentsFeed):
    """The newest approved comments of a blog's public posts."""

    def items(self) -> list[Item]:
        return queries.newest_among(self.page.posts(), COMMENTS_IN_FEED)

    def item_title(self, item: Item) -> str:
        post, comment = item
        return f"{comment.name} on {post.title}"

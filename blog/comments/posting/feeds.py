"""The newest comments of a page, as Atom."""

from datetime import datetime

from django.utils.translation import gettext
from wagtail.models import Page

from blog.comments.reading import queries
from cms.pages.feeds import PolledFeed, lasting_id

COMMENTS_IN_FEED = 50

Item = tuple[Page, queries.Node]


class CommentsFeed(PolledFeed):
    """The newest approved comments of a page, as Atom."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def title(self) -> str:
        return gettext("Comments on %(title)s") % {"title": self.page.title}

    def link(self) -> str:
        return self.page.full_url

    def feed_url(self) -> str:
        return f"{self.page.full_url}comments/feed/"

    def feed_guid(self) -> str:
        return lasting_id(self.page, "comments")

    def items(self) -> list[Item]:
        newest = self.newest()
        self.decided = queries.last_decided(node.id for _, node in newest)
        return newest

    def newest(self) -> list[Item]:
        return [(self.page, node) for node in queries.newest(self.page, COMMENTS_IN_FEED)]

    def item_guid(self, item: Item) -> str:
        post, comment = item
        return lasting_id(post, f"comment {comment.id}")

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

    def item_updateddate(self, item: Item) -> datetime:
        """When it was approved: it may have been held for a long time."""
        return self.decided.get(item[1].id) or item[1].submitted_at

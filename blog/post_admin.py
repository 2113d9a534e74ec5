"""
What readers say of a post, shown where it is written and run: beside its editor, in lists, in the user bar.

Moderators see what waits; other staff see what any visitor does. Wagtail has comments of its own, which
editors write to each other: they are called so here, in every editor.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel, CommentsSidePanel
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.userbar import BaseItem
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from blog.comments import tallies
from blog.comments.actions import MODERATE
from blog.comments.states import Status
from blog.models import BlogPostPage

NEWEST_SHOWN = 10
NONE_YET = tallies.Tally()


def desk_of(page: Page, status: str = Status.PENDING) -> str:
    """Return the address of the desk with the comments of one page."""
    asked = urlencode({"status": status, "post": page.pk})
    return f"{reverse('blog_comments:desk')}?{asked}"


class EditorsCommentsPanel(CommentsSidePanel):
    """What editors write to each other."""

    class SidePanelToggle(CommentsSidePanel.SidePanelToggle):
        aria_label = "Toggle editors’ comments"

    title = "Editors’ comments"
    template_name = "blog/admin/editors_comments_panel.html"


class ReaderCommentsPanel(BaseSidePanel):
    """Beside the editor of a post: what readers said of it last."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = "Toggle reader comments"
        icon_name = "openquote"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            waiting = self.panel.tally.waiting if self.panel.moderates else 0
            return {**super().get_context_data(parent_context), "count": waiting}

    name = "reader-comments"
    title = "Reader comments"
    template_name = "blog/admin/reader_comments_panel.html"
    order = 310

    @cached_property
    def moderates(self) -> bool:
        return self.request.user.has_perm(MODERATE)

    @cached_property
    def tally(self) -> tallies.Tally:
        return tallies.of([self.object.pk]).get(self.object.pk, NONE_YET)

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **super().get_context_data(parent_context),
            "comments": tallies.newest(self.object, NEWEST_SHOWN, also_held=self.moderates),
            "moderates": self.moderates,
            "tally": self.tally,
            "waiting_url": desk_of(self.object),
            "approved_url": desk_of(self.object, Status.APPROVED),
        }


class NamedCommentsMixin:
    """An editor in which nobody takes editors' comments for readers'."""

    def get_side_panels(self) -> MediaContainer:
        return MediaContainer(
            EditorsCommentsPanel(panel.object, panel.request) if type(panel) is CommentsSidePanel else panel
            for panel in super().get_side_panels()
        )


class PageCreateView(NamedCommentsMixin, CreateView):
    pass


class PageEditView(NamedCommentsMixin, EditView):
    pass


class PageRevertView(NamedCommentsMixin, RevisionsRevertView):
    pass


class ReaderCommentsMixin:
    """The editor of a post, with its reader comments beside it."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if not (self.expects_json_response or self.hydrate_create_view):
            panels.append(ReaderCommentsPanel(self.page, self.request))
        return panels


class PostEditView(ReaderCommentsMixin, PageEditView):
    pass


class PostRevertView(ReaderCommentsMixin, PageRevertView):
    pass


class ReaderCommentsColumn(BaseColumn):
    """How many reader comments a post has, and how many wait."""

    cell_template_name = "blog/admin/reader_comments_cell.html"

    def get_cell_context_data(self, instance: Page, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        tally = instance.reader_comment_tally
        return {
            **context,
            "tally": tally,
            "moderates": context["request"].user.has_perm(MODERATE),
            "waiting_url": desk_of(instance),
        }


COLUMN = ReaderCommentsColumn("reader_comments", label="Reader comments", width="12%")


class TalliedMixin:
    """A list of posts, with the numbers of all its rows read in one query."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        posts = context["object_list"]
        found = tallies.of(post.pk for post in posts)
        for post in posts:
            post.reader_comment_tally = found.get(post.pk, NONE_YET)
        return context


class PostsView(TalliedMixin, ExplorableIndexView):
    base_columns = (*ExplorableIndexView.base_columns, COLUMN)


class AllPostsView(TalliedMixin, ContentTypeUseView):
    pass


class PagesViewSet(PageViewSet):
    model = Page
    add_view_class = PageCreateView
    edit_view_class = PageEditView
    revisions_revert_view_class = PageRevertView


class PostsViewSet(PagesViewSet):
    model = BlogPostPage
    edit_view_class = PostEditView
    revisions_revert_view_class = PostRevertView
    index_view_class = PostsView
    content_type_use_view_class = AllPostsView


class ReaderCommentsItem(BaseItem):
    """In the user bar on a post: the way to its comments at the desk."""

    template_name = "blog/admin/userbar_item.html"

    def __init__(self, page: Page) -> None:
        self.page = page

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **super().get_context_data(parent_context),
            "waiting": tallies.of([self.page.pk]).get(self.page.pk, NONE_YET).waiting,
            "url": desk_of(self.page),
        }


def userbar_item(request: HttpRequest, page: Page | None) -> ReaderCommentsItem | None:
    """Return what the user bar on a page has for whoever looks at it."""
    seen = isinstance(page, BlogPostPage) and page.pk and not getattr(request, "is_preview", False)
    return ReaderCommentsItem(page) if seen and request.user.has_perm(MODERATE) else None

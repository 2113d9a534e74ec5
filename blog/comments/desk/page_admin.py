"""
Reader comments in Wagtail's own admin: beside the editor of a page, in lists of pages, and in the user bar.

Moderators see what waits; other staff see what any visitor does.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel, CommentsSidePanel
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.userbar import BaseItem
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.models import Page

from blog.comments.moderation.actions import MODERATE
from blog.comments.posting.pages import CommentsMixin, page_models
from blog.comments.reading import tallies
from blog.comments.states import Status
from cms.previews.admin_previews import PreviewedEditView, PreviewedPagesViewSet, PreviewedRevertView
from cms.reading import public_pages

NEWEST_SHOWN = 10
NONE_YET = tallies.Tally()


def desk_of(page: Page, status: str = Status.PENDING) -> str:
    """Return the address of the desk with the comments of one page."""
    asked = urlencode({"status": status, "post": f"{public_pages.ID}{page.pk}"})
    return f"{reverse('blog_comments:desk')}?{asked}"


def name_editors_comments() -> None:
    """Wagtail has comments of its own, which editors write to each other."""
    CommentsSidePanel.title = _("Editors’ comments")
    CommentsSidePanel.SidePanelToggle.aria_label = _("Toggle editors’ comments")


class ReaderCommentsPanel(BaseSidePanel):
    """Beside the editor of a page: what readers said of it last."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle reader comments")
        icon_name = "openquote"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            waiting = self.panel.tally.waiting if self.panel.moderates else 0
            return {**super().get_context_data(parent_context), "count": waiting}

    name = "reader-comments"
    title = _("Reader comments")
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


class ReaderCommentsMixin(EditView):
    """The editor of a page, with its reader comments beside it."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if not (self.expects_json_response or self.hydrate_create_view):
            panels.append(ReaderCommentsPanel(self.page, self.request))
        return panels


class CommentedEditView(ReaderCommentsMixin, PreviewedEditView):
    pass


class CommentedRevertView(ReaderCommentsMixin, PreviewedRevertView):
    pass


class ReaderCommentsColumn(BaseColumn):
    """How many reader comments a page has, and how many wait."""

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


COLUMN = ReaderCommentsColumn("reader_comments", label=_("Reader comments"), width="12%")


class TalliedMixin(ContextMixin):
    """A list of pages, with the numbers of all its rows read in one query."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        pages = context["object_list"]
        found = tallies.of(page.pk for page in pages)
        for page in pages:
            page.reader_comment_tally = found.get(page.pk, NONE_YET)
        return context


class CommentedListView(TalliedMixin, ExplorableIndexView):
    base_columns = (*ExplorableIndexView.base_columns, COLUMN)


class CommentedUseView(TalliedMixin, ContentTypeUseView):
    pass


class CommentedPagesViewSet(PreviewedPagesViewSet):
    """A page type that takes comments."""

    edit_view_class = CommentedEditView
    revisions_revert_view_class = CommentedRevertView
    index_view_class = CommentedListView
    content_type_use_view_class = CommentedUseView


def viewsets() -> list[CommentedPagesViewSet]:
    """Return one for each page type that takes comments."""
    return [
        type(f"{model.__name__}ViewSet", (CommentedPagesViewSet,), {"model": model})()
        for model in page_models()
    ]


class ReaderCommentsItem(BaseItem):
    """In the user bar on a page: the way to its comments at the desk."""

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
    """Return the user bar's item for a page; None for users who do not moderate."""
    seen = isinstance(page, CommentsMixin) and page.pk and not getattr(request, "is_preview", False)
    return ReaderCommentsItem(page) if seen and request.user.has_perm(MODERATE) else None

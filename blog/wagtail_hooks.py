from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.userbar import BaseItem
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from blog import post_admin
from blog.comments import actions, admin_urls, queries, tallies
from blog.comments.admin_views import shown_number
from blog.comments.cards import age

MOST_ON_PANEL = 5
ISOLATED = "\u2066{}\u2069"  # keeps the number before the words in a menu that is read from right to left


class PageLinks(PageLinkHandler):
    """Links to pages in a text, read in one query: no page here makes up its own address."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[Page | None]:
        return super(PageLinkHandler, cls).get_many(attrs_list)


@hooks.register("register_rich_text_features", order=10)
def register_page_links(features: FeatureRegistry) -> None:
    features.register_link_type(PageLinks)


class CommentsMenuItem(MenuItem):
    """The desk, with the number that waits."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.MODERATE)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        item = super().render_component(request)
        counted = getattr(request, "comments_waiting", None)  # by the desk
        waiting = queries.waiting_count() if counted is None else counted
        if waiting:
            item.label = ISOLATED.format(f"{shown_number(waiting)} to moderate")
            item.attrs = {**item.attrs, "title": self.label}
        return item


class DecisionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.MODERATE)


@hooks.register("register_reports_menu_item")
def decisions_menu_item() -> MenuItem:
    url = reverse("blog_comments:decisions")
    return DecisionsMenuItem("Comment decisions", url, icon_name="comment", order=700)


class WaitingPanel(Component):
    """On the admin's first page: the comments that wait longest."""

    name = "reader-comments"
    template_name = "blog/comments/admin/panel.html"
    order = 100

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "oldest": [
                (comment, age(comment.waiting_since)) for comment in tallies.longest_waiting(MOST_ON_PANEL)
            ],
            "number": shown_number(queries.waiting_count()),
        }


@hooks.register("construct_homepage_panels")
def waiting_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm(actions.MODERATE):
        panels.append(WaitingPanel())


@hooks.register("register_admin_urls")
def comment_urls() -> list:
    return [path("comments/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def comments_menu_item() -> MenuItem:
    return CommentsMenuItem("Reader comments", reverse("blog_comments:desk"), icon_name="comment", order=250)


@hooks.register("register_admin_viewset")
def page_viewsets() -> list[PageViewSet]:
    return [post_admin.PagesViewSet(), post_admin.PostsViewSet()]


@hooks.register("construct_wagtail_userbar")
def comments_in_userbar(request: HttpRequest, items: list[BaseItem], page: Page | None) -> None:
    if item := post_admin.userbar_item(request, page):
        items.append(item)


@hooks.register("register_permissions")
def moderate_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="blog_comments", codename="moderate_comments")

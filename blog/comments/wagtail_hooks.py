"""
What Wagtail's admin shows of reader comments: menu, first page, pages, accounts, the log.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.forms import ModelForm, RadioSelect
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.userbar import BaseItem
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry, Page
from wagtail.users.models import UserProfile

from blog.comments.desk import page_admin, urls
from blog.comments.desk.outcomes import age, ago, shown_number
from blog.comments.desk.views import COUNTED
from blog.comments.models import ModeratorNotice
from blog.comments.moderation import actions, people
from blog.comments.reading import queries, tallies
from blog.comments.states import Ban
from cms.credentials.staff import Staff

MOST_ON_PANEL = 5
ISOLATED = "\u2066{}\u2069"  # keeps the number before the words in a menu that is read from right to left


class NoticeForm(ModelForm):
    class Meta:
        model = ModeratorNotice
        fields = ("frequency",)
        labels = {"frequency": _("Email me when reader comments are waiting")}
        widgets = {"frequency": RadioSelect}


@hooks.register("register_log_actions")
def people_log(registry: LogActionRegistry) -> None:
    """Actions about a person, who is identified by the id of their row."""
    registry.register_action("blog_comments.lift_ban", _("Lift the ban of a reader"), _("Lifted the ban"))
    registry.register_action(
        "blog_comments.reveal", _("Reveal a reader's address"), _("Looked at the email address")
    )
    registry.register_action(people.FIND, _("Find a reader by address"), _("Found by the email address"))
    registry.register_action(
        people.FIND_NOBODY,
        _("Search for an unknown address"),
        _("Searched for an email address that nobody has used"),
    )

    @registry.register_action("blog_comments.ban")
    class Banned(LogFormatter):
        label = _("Ban a reader")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            if not log_entry.data:
                return gettext("Banned")
            return gettext("Banned: %(how)s") % {"how": Ban(log_entry.data["ban"]).label}


@hooks.register("register_account_settings_panel")
class NoticePanel(BaseSettingsPanel):
    name = "comment-notices"
    title = _("Reader comments")
    tab = notifications_tab
    order = 300
    form_class = NoticeForm

    def __init__(self, request: HttpRequest, user: Staff, profile: UserProfile) -> None:
        super().__init__(request, user, profile)
        self.notice = ModeratorNotice.of(user)

    def is_active(self) -> bool:
        return self.user.has_perm(actions.MODERATE)

    def get_form(self) -> NoticeForm:
        sent = self.request.POST if self.request.method == "POST" else None
        return NoticeForm(sent, instance=self.notice, prefix=self.name)


class CommentsMenuItem(MenuItem):
    """The desk, with the number that waits."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.MODERATE)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        item = super().render_component(request)
        counted = getattr(request, COUNTED, None)
        waiting = queries.waiting_count() if counted is None else counted
        if waiting:
            label = ngettext("%(number)s to moderate", "%(number)s to moderate", waiting)
            item.label = ISOLATED.format(label % {"number": shown_number(waiting)})
            item.attrs = {**item.attrs, "title": self.label}
        return item


class DecisionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.MODERATE)


@hooks.register("register_reports_menu_item")
def decisions_menu_item() -> MenuItem:
    url = reverse("blog_comments:decisions")
    return DecisionsMenuItem(
        _("Comment decisions"), url, name="comment-decisions", icon_name="comment", order=700
    )


class WaitingPanel(Component):
    """On the admin's first page: the comments that wait longest."""

    name = "reader-comments"
    template_name = "blog/comments/admin/panel.html"
    order = 100

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        waiting = tallies.longest_waiting(MOST_ON_PANEL)
        return {
            "oldest": [(comment, ago(comment.waiting_since)) for comment in waiting],
            "longest": age(waiting[0].waiting_since) if waiting else "",
            "number": shown_number(queries.waiting_count()),
        }


@hooks.register("construct_homepage_panels")
def waiting_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm(actions.MODERATE):
        panels.append(WaitingPanel())


@hooks.register("register_admin_urls")
def comment_urls() -> list:
    return [path("comments/", include(urls))]


@hooks.register("register_admin_menu_item")
def comments_menu_item() -> MenuItem:
    url = reverse("blog_comments:desk")
    return CommentsMenuItem(_("Reader comments"), url, name="reader-comments", icon_name="comment", order=250)


hooks.register("register_admin_viewset", page_admin.viewsets)


@hooks.register("construct_wagtail_userbar")
def comments_in_userbar(request: HttpRequest, items: list[BaseItem], page: Page | None) -> None:
    if item := page_admin.userbar_item(request, page):
        items.append(item)


@hooks.register("register_permissions")
def moderate_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="blog_comments", codename="moderate_comments")

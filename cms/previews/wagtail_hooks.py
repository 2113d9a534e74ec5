"""What Wagtail's admin shows of links to drafts."""

from collections.abc import Iterator

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry, Page

from cms.credentials.staff import Staff
from cms.previews import admin_views, sharing


class LinksMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(sharing.MANAGE)


@hooks.register("register_admin_urls")
def link_urls() -> list[URLPattern]:
    return [
        path("pages/<int:page_id>/shared/", admin_views.LinksOfPageView.as_view(), name="share_draft"),
        path("reports/shared-drafts/", admin_views.AllLinksView.as_view(), name="shared_drafts"),
    ]


@hooks.register("register_page_header_buttons")
def share_button(page: Page, user: Staff, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.pk and sharing.may_share(page, user):
        url = reverse("share_draft", args=[page.pk])
        yield Button(_("Share this draft"), url, icon_name="link", priority=66)


@hooks.register("register_reports_menu_item")
def links_menu_item() -> MenuItem:
    return LinksMenuItem(_("Shared drafts"), reverse("shared_drafts"), icon_name="link", order=760)


@hooks.register("register_permissions")
def manage_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="previews", codename="manage_shared_drafts")


@hooks.register("register_log_actions")
def links_log(registry: LogActionRegistry) -> None:
    registry.register_action(sharing.REVOKED, _("Revoke a link to a draft"), _("Revoked a link to the draft"))

    @registry.register_action(sharing.SHARED)
    class Shared(LogFormatter):
        label = _("Share a draft")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            days = log_entry.data["days"]
            words = ngettext(
                "Shared the draft by a link for %(days)s day",
                "Shared the draft by a link for %(days)s days",
                days,
            )
            return words % {"days": days}

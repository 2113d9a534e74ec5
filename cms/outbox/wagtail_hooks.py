from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry

from cms.checks import mail_goes_to_files
from cms.outbox import admin_urls, staff


class OutboxMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(staff.MANAGE)


class FilesPanel(Component):
    """On the admin's first page: mail reaches no one."""

    name = "mail-goes-to-files"
    template_name = "cms/outbox/admin/files_panel.html"
    order = 50


@hooks.register("construct_homepage_panels")
def files_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.is_superuser and mail_goes_to_files():
        panels.append(FilesPanel())


@hooks.register("register_admin_urls")
def outbox_urls() -> list:
    return [path("outbox/", include(admin_urls))]


@hooks.register("register_reports_menu_item")
def outbox_menu_item() -> MenuItem:
    return OutboxMenuItem(_("Outbox"), reverse("outbox:rows"), icon_name="mail", order=800)


@hooks.register("register_permissions")
def manage_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="outbox", codename="manage_outbox")


@hooks.register("register_log_actions")
def outbox_log(registry: LogActionRegistry) -> None:
    registry.register_action(
        staff.SENT_AGAIN, _("Send an email again"), _("Put a failed email back in the queue")
    )
    registry.register_action(staff.GIVEN_UP, _("Give up an email"), _("Gave up an email in the outbox"))

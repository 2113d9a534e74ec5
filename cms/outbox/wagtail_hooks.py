from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from cms.outbox import admin_urls, staff, test_mail


class OutboxMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(staff.MANAGE)


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
    registry.register_action(test_mail.SENT, _("Send a test email"), _("Sent a test email"))

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from cms.webhooks import actions, admin_urls

LOG_ACTIONS = (
    ("create", _("Add a webhook endpoint"), _("Added the endpoint")),
    ("change", _("Change a webhook endpoint"), _("Changed the endpoint")),
    ("rotate", _("Change the secret of a webhook endpoint"), _("Changed the secret")),
    ("disable", _("Disable a webhook endpoint"), _("Disabled the endpoint")),
    ("enable", _("Enable a webhook endpoint"), _("Enabled the endpoint")),
    ("delete", _("Delete a webhook endpoint"), _("Deleted the endpoint")),
    ("send_again", _("Send a webhook call again"), _("Sent a call again")),
)


class WebhooksMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.MANAGE)


@hooks.register("register_admin_urls")
def webhook_urls() -> list:
    return [path("webhooks/", include(admin_urls))]


@hooks.register("register_settings_menu_item")
def webhooks_menu_item() -> MenuItem:
    return WebhooksMenuItem(_("Webhooks"), reverse("webhooks:endpoints"), icon_name="globe", order=850)


@hooks.register("register_permissions")
def manage_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="webhooks", codename="manage_webhooks")


@hooks.register("register_log_actions")
def webhooks_log(registry: LogActionRegistry) -> None:
    for name, label, message in LOG_ACTIONS:
        registry.register_action(f"webhooks.{name}", label, message)

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry

from cms.credentials.staff import Staff
from cms.second_factor import actions


@hooks.register("register_account_menu_item")
def second_factor_item(request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse("second_factor:overview"),
        "label": _("Second factor"),
        "help_text": _("Ask for more than your password when you sign in."),
    }


@hooks.register("register_user_listing_buttons")
def reset_button(user: Staff, request_user: Staff) -> list[Button]:
    if not actions.may_reset(request_user, user):
        return []
    url = reverse("second_factor:reset", args=[user.pk])
    return [Button(_("Second factor"), url=url, icon_name="lock", priority=50)]


@hooks.register("register_log_actions")
def second_factor_log(registry: LogActionRegistry) -> None:
    for action, label, done in actions.LOGGED.values():
        registry.register_action(action, label, done)

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from cms.invitations import actions, admin_urls, queries

LOG_ACTIONS = (
    (actions.INVITED, _("Invite a colleague"), _("Sent an invitation")),
    (actions.SENT_AGAIN, _("Send an invitation again"), _("Sent an invitation again")),
    (actions.WITHDRAWN, _("Withdraw an invitation"), _("Withdrew the invitation")),
    (actions.ACCEPTED, _("Accept an invitation"), _("Accepted an invitation and made this account")),
)


class InvitationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return queries.may_invite(request.user)


@hooks.register("register_admin_urls")
def invitation_urls() -> list[URLResolver]:
    return [path("invitations/", include(admin_urls))]


@hooks.register("register_settings_menu_item")
def invitations_menu_item() -> MenuItem:
    return InvitationsMenuItem(_("Invitations"), reverse("invitations:list"), icon_name="mail", order=605)


@hooks.register("register_log_actions")
def invitations_log(registry: LogActionRegistry) -> None:
    for name, label, message in LOG_ACTIONS:
        registry.register_action(name, label, message)

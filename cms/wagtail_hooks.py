from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail.users.models import UserProfile

from cms.accounts import changes, own, session_views, users
from cms.accounts.log_in import OwnPasswordPanel
from cms.accounts.tokens import TokensViewSet
from cms.body import editor
from cms.credentials.staff import Staff
from cms.fixes import early_edits
from cms.pages.publishing import PublishBulkAction
from cms.previews.admin_previews import PreviewedPagesViewSet
from cms.sessions.actions import ENDED

hooks.register("insert_global_admin_js", early_edits.script)
hooks.register("register_rich_text_features", editor.register_page_links, order=10)
hooks.register("before_edit_page", editor.tell_of_dead_links)
hooks.register("register_admin_viewset", PreviewedPagesViewSet)
hooks.register("register_account_settings_panel", own.address_panel)
hooks.register("before_edit_setting", changes.before_edit_setting)
hooks.register("after_edit_user", changes.after_edit)
hooks.register("after_bulk_action", changes.after_bulk_action)
for action in (users.AssignRole, users.SetActiveState, PublishBulkAction):
    hooks.register("register_bulk_action", action, order=1)  # after Wagtail's own of the same name


@hooks.register("register_admin_viewset")
def tokens() -> TokensViewSet:
    return TokensViewSet("wagtailusers_api_tokens", url_prefix="api-tokens")


@hooks.register("register_account_settings_panel")
def own_password(request: HttpRequest, user: Staff, profile: UserProfile) -> OwnPasswordPanel:
    """Return one panel a request: Wagtail asks twice, and a password is checked once."""
    if "own_password_panel" not in vars(request):
        vars(request)["own_password_panel"] = OwnPasswordPanel(request, user, profile)
    return vars(request)["own_password_panel"]


@hooks.register("register_admin_urls")
def session_urls() -> list[URLPattern]:
    return [
        path("account/sessions/", session_views.OwnSessionsView.as_view(), name="own_sessions"),
        path("users/<int:user_id>/sessions/", session_views.SessionsOfView.as_view(), name="sessions_of"),
    ]


@hooks.register("register_account_menu_item")
def own_sessions(request: HttpRequest) -> MenuItem:
    return MenuItem(_("Your sessions"), reverse("own_sessions"))


@hooks.register("register_log_actions")
def session_log(registry: LogActionRegistry) -> None:
    registry.register_action(ENDED, _("End all sessions of a user"), _("Ended all sessions"))

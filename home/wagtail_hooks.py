from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry, Page

from blog.comments.models import Reader
from cms.credentials import staff
from home import redirect_import
from home.contact import admin_urls
from home.contact.group_panel import GroupReadsForm
from home.contact.models import may_read
from home.demo.removal import REMOVED
from home.pictures import admin
from home.privacy import admin_urls as privacy_urls
from home.privacy import admin_views as privacy_views
from home.privacy import person
from home.privacy.forms import KnownPersonForm
from home.setup import actions as set_up
from home.setup import admin_urls as set_up_urls
from home.setup import panel, steps

MESSAGE_ACTIONS = (
    ("new", _("Put a message back to new"), _("Put back to new")),
    ("handled", _("Handle a message"), _("Marked as handled")),
    ("spam", _("Mark a message as spam"), _("Marked as spam")),
    ("assign", _("Assign a message"), _("Assigned")),
    ("delete", _("Delete a message"), _("Deleted for good")),
    ("export", _("Export messages"), _("Exported messages to staff")),
)


class MessagesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request.user)


@hooks.register("register_admin_urls")
def message_urls() -> list:
    return [path("messages/", include(admin_urls))]


@hooks.register("register_admin_urls", order=-1)
def redirect_import_urls() -> list:
    """Return two views that come before Wagtail's own, at the same addresses."""
    return [
        path("redirects/import/", redirect_import.start),
        path("redirects/import/process/", redirect_import.process),
    ]


@hooks.register("register_admin_urls", order=-1)
def picture_preview_urls() -> list:
    """Before Wagtail's own, at its address."""
    return [path("images/<int:image_id>/preview/<str:filter_spec>/", admin.preview)]


@hooks.register("register_admin_menu_item")
def messages_menu_item() -> MenuItem:
    return MessagesMenuItem(_("Messages"), reverse("home_contact:inbox"), icon_name="mail", order=260)


@hooks.register("register_permissions")
def message_permissions() -> QuerySet[Permission]:
    rights = ("read_messages", "delete_messages")
    return Permission.objects.filter(content_type__app_label="home_contact", codename__in=rights)


@hooks.register("register_group_permission_panel")
def message_grants() -> type[GroupReadsForm]:
    return GroupReadsForm


@hooks.register("register_log_actions")
def message_log(registry: LogActionRegistry) -> None:
    """What was done to a message, which is known by its id."""
    for action, label, done in MESSAGE_ACTIONS:
        registry.register_action(f"contact.{action}", label, done)


class PrivacyMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return privacy_views.may(request.user)


@hooks.register("register_admin_urls")
def person_urls() -> list:
    return [path("privacy/", include(privacy_urls))]


@hooks.register("register_admin_menu_item")
def privacy_menu_item() -> MenuItem:
    return PrivacyMenuItem(_("Privacy"), reverse("home_privacy:person"), icon_name="user", order=270)


class RightsPanel(Component):
    """On the page of a person at the moderation desk: what can be done if they ask for their data."""

    template_name = "home/privacy/admin/panel.html"

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        return {
            "known": self.reader,
            "form": KnownPersonForm(),
            "csrf_token": parent_context["csrf_token"],
            **privacy_views.rights_of(request.user),
        }


@hooks.register("construct_comment_person_panels")
def rights_panel(request: HttpRequest, reader: Reader, panels: list[Component]) -> None:
    if privacy_views.may(request.user):
        panels.append(RightsPanel(reader))


@hooks.register("register_permissions")
def person_permissions() -> QuerySet[Permission]:
    rights = ("reveal_address", "export_person", "erase_person")
    return Permission.objects.filter(content_type__app_label="blog_comments", codename__in=rights)


@hooks.register("register_log_actions")
def person_log(registry: LogActionRegistry) -> None:
    """What was done for a person and how many rows it was; not for whom."""

    @registry.register_action(person.EXPORTED)
    class Exported(LogFormatter):
        label = _("Export a person's data")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return gettext("Exported a person's data: %(counts)s") % {"counts": _counted(log_entry)}

    @registry.register_action(person.LOOKED_UP)
    class LookedUp(LogFormatter):
        label = _("Look up a person's data")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return gettext("Looked up a person's data: %(counts)s") % {"counts": _counted(log_entry)}

    @registry.register_action(person.ERASED)
    class Erased(LogFormatter):
        label = _("Erase a person's data")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return gettext("Erased a person's data: %(counts)s") % {"counts": _counted(log_entry)}


@hooks.register("register_log_actions")
def demo_log(registry: LogActionRegistry) -> None:
    registry.register_action(REMOVED, _("Remove the demo"), _("Removed the demo"))


@hooks.register("register_admin_urls")
def picture_urls() -> list:
    return [path("reports/pictures/", admin.ReportView.as_view(), name="picture_problems")]


@hooks.register("register_reports_menu_item")
def pictures_menu_item() -> MenuItem:
    return admin.ReportMenuItem(_("Pictures"), reverse("picture_problems"), icon_name="image", order=750)


@hooks.register("before_edit_page")
def warn_of_pictures(request: HttpRequest, page: Page) -> None:
    if request.method == "GET":
        admin.warn(request, page)


@hooks.register("after_publish_page")
def warn_of_published_pictures(request: HttpRequest, page: Page) -> None:
    """Warn once they have been drawn, which starts when the page is committed."""
    transaction.on_commit(lambda: admin.warn(request, page), robust=True)


class SetUpMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return steps.may_set_up_any(staff.of(request))


@hooks.register("register_admin_urls")
def urls_of_set_up() -> list:
    return [path("set-up/", include(set_up_urls))]


@hooks.register("register_settings_menu_item")
def set_up_menu_item() -> MenuItem:
    return SetUpMenuItem(_("Set up your site"), reverse("home_setup:overview"), icon_name="site", order=1)


@hooks.register("construct_homepage_panels")
def set_up_panel(request: HttpRequest, panels: list[Component]) -> None:
    if panel.is_wanted(request):
        panels.insert(0, panel.SetUpPanel())


@hooks.register("register_log_actions")
def set_up_log(registry: LogActionRegistry) -> None:
    """Which step was saved; not what was typed."""

    @registry.register_action(set_up.SET_UP)
    class SetUp(LogFormatter):
        label = _("Set up the site")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            step = steps.BY_KEY.get(log_entry.data.get("step", ""))
            return gettext("Set up the site: %(step)s") % {"step": step.title} if step else str(self.label)


def _counted(log_entry: ModelLogEntry) -> str:
    return ", ".join(f"{name} {number}" for name, number in person.named(log_entry.data))

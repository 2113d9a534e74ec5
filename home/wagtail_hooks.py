from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry

from blog.comments.models import Reader
from home.contact import admin_urls
from home.contact.group_panel import GroupReadsForm
from home.contact.models import may_read
from home.privacy import admin_urls as privacy_urls
from home.privacy import admin_views as privacy_views
from home.privacy import person
from home.privacy.forms import KnownPersonForm

MESSAGE_ACTIONS = (
    ("new", "Put a message back to new", "Put back to new"),
    ("handled", "Handle a message", "Marked as handled"),
    ("spam", "Mark a message as spam", "Marked as spam"),
    ("assign", "Assign a message", "Assigned"),
    ("delete", "Delete a message", "Deleted for good"),
    ("export", "Export messages", "Exported messages to staff"),
)


class MessagesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request.user)


@hooks.register("register_admin_urls")
def message_urls() -> list:
    return [path("messages/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def messages_menu_item() -> MenuItem:
    return MessagesMenuItem("Messages", reverse("home_contact:inbox"), icon_name="mail", order=260)


@hooks.register("register_permissions")
def message_permissions() -> QuerySet[Permission]:
    rights = ("read_messages", "delete_messages")
    return Permission.objects.filter(content_type__app_label="home_contact", codename__in=rights)


@hooks.register("register_group_permission_panel")
def message_grants() -> type[GroupReadsForm]:
    return GroupReadsForm


@hooks.register("register_log_actions")
def message_log(registry: LogActionRegistry) -> None:
    """What was done to a message; what it is is the number of its row."""
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
    return PrivacyMenuItem("Privacy", reverse("home_privacy:person"), icon_name="user", order=270)


class RightsPanel(Component):
    """On the page of a person at the moderation desk: what can be done if he asks."""

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
    """What was done for a person and how much it was; not for whom."""

    @registry.register_action(person.EXPORTED)
    class Exported(LogFormatter):
        label = "Export a person"

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return f"Exported what is kept of a person: {_counted(log_entry)}"

    @registry.register_action(person.ERASED)
    class Erased(LogFormatter):
        label = "Erase a person"

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return f"Erased what is kept of a person: {_counted(log_entry)}"


def _counted(log_entry: ModelLogEntry) -> str:
    return ", ".join(f"{name} {number}" for name, number in log_entry.data.items())

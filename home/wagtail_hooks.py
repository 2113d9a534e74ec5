from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from home.contact import actions, admin_urls


class MessagesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.READ)


@hooks.register("register_admin_urls")
def message_urls() -> list:
    return [path("messages/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def messages_menu_item() -> MenuItem:
    return MessagesMenuItem("Messages", reverse("home_contact:inbox"), icon_name="mail", order=260)


@hooks.register("register_permissions")
def read_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="home_contact", codename="read_messages")

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from blog.comments import actions, admin_urls, queries


class CommentsMenuItem(MenuItem):
    """The desk, with the number that waits."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(actions.MODERATE)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        item = super().render_component(request)
        waiting = queries.waiting_count()
        number = f"{queries.MOST_COUNTED:,}+" if waiting > queries.MOST_COUNTED else f"{waiting:,}"
        item.label = f"{self.label} ({number})" if waiting else self.label
        return item


@hooks.register("register_admin_urls")
def comment_urls() -> list:
    return [path("comments/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def comments_menu_item() -> MenuItem:
    return CommentsMenuItem("Reader comments", reverse("blog_comments:desk"), icon_name="comment", order=250)


@hooks.register("register_permissions")
def moderate_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="blog_comments", codename="moderate_comments")

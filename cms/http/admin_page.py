"""A page of ours in Wagtail's admin: who may open it, and where it is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

Above = list[tuple[str, str | Promise]]  # the address and the title of each page


class AdminPage(WagtailAdminTemplateMixin, View):
    permission = ""  # whoever has it may open the page

    def may_open(self) -> bool:
        return self.request.user.has_perm(self.permission)

    def above(self) -> Above:
        """Return the pages between the dashboard and this one."""
        return []

    def own_label(self) -> str | Promise:
        """Return what the last of the breadcrumbs says."""
        return self.get_page_title()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_open():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        path = [*self.above(), ("", self.own_label())]
        return [*self.breadcrumbs_items, *({"url": url, "label": label} for url, label in path)]

"""Where staff read messages: ``/admin/messages/``."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.outbox import queries as outbox
from home.contact import actions, mail
from home.contact.models import ContactMessage
from home.contact.states import State

MESSAGES_A_PAGE = 50


class StaffView(WagtailAdminTemplateMixin, View):
    page_title = "Messages"
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(actions.READ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class InboxView(StaffView):
    template_name = "home/contact/admin/inbox.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        tab = request.GET.get("tab", "new")
        found = Paginator(_in_tab(tab), MESSAGES_A_PAGE).get_page(request.GET.get("p"))
        return self.render_to_response(self.get_context_data(tabs=State.choices, tab=tab, found=found))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class MessageView(StaffView):
    template_name = "home/contact/admin/message.html"

    def get(self, request: HttpRequest, message_id: int) -> HttpResponse:
        message = get_object_or_404(ContactMessage.objects.select_related("handled_by"), pk=message_id)
        deliveries = outbox.deliveries_about(mail.RECEIVED, [message.pk])
        return self.render_to_response(self.get_context_data(message=message, deliveries=deliveries))

    def post(self, request: HttpRequest, message_id: int) -> HttpResponse:
        message = get_object_or_404(ContactMessage, pk=message_id)
        handled = "handled" in request.POST
        verb = actions.mark_handled if handled else actions.mark_unhandled
        if verb(message, by=request.user):
            messages.success(request, "Marked as handled." if handled else "Put back to new.")
        else:
            messages.warning(request, "Somebody else was first. Nothing was changed.")
        response = HttpResponseRedirect(reverse("home_contact:message", args=[message.pk]))
        response.status_code = 303
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        inbox = {"url": reverse("home_contact:inbox"), "label": self.page_title}
        return [*self.breadcrumbs_items, inbox, {"url": "", "label": "Message"}]


def _in_tab(tab: str) -> QuerySet[ContactMessage]:
    return ContactMessage.objects.filter(state=tab).order_by("-pk")

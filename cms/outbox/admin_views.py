"""``/admin/outbox/``: what waits, what went out, what did not and why. No address and no word of a mail."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.outbox import events, queries, staff
from cms.outbox.models import Delivery, State

ROWS_A_PAGE = 50
DONE = {"send-again": "put back in the queue", "give-up": "given up"}
TABS = {State.WAITING: "Waiting", State.FAILED: "Failed", State.SENT: "Sent", State.SUPPRESSED: "Not wanted"}
BUTTONS = {
    State.WAITING: (("give-up", "Give up"),),
    State.FAILED: (("send-again", "Send again"), ("give-up", "Give up")),
}


class StaffView(WagtailAdminTemplateMixin, View):
    page_title = "Outbox"
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(staff.MANAGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class OutboxView(StaffView):
    template_name = "cms/outbox/admin/rows.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        tab, event = chosen(request.GET)
        rows = list(found(tab, event, number(request.GET.get("before", "")))[: ROWS_A_PAGE + 1])
        more, rows = len(rows) > ROWS_A_PAGE, rows[:ROWS_A_PAGE]
        status = queries.status()
        context = self.get_context_data(
            tabs=[(state.value, label, shown(count)) for state, label, count in counted()],
            tab=tab,
            event=event,
            events=events.names(),
            rows=rows,
            next_before=rows[-1].pk if more else None,
            buttons=BUTTONS.get(State(tab), ()),
            worker_seen=status.worker_seen,
            waits_since=timesince(status.waits_since) if status.waits_since else "",
            late=status.late,
        )
        return self.render_to_response(context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do the same with all failed rows of the list, as many as are seen to at once."""
        verb = staff.VERBS.get(request.POST.get("do", ""))
        if verb is None:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        _, event = chosen(request.POST)
        return told(request, verb(staff.failed(event), by=request.user))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class RowView(StaffView):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, delivery_id: int) -> HttpResponse:
        delivery = get_object_or_404(Delivery, pk=delivery_id)
        verb = staff.VERBS.get(request.POST.get("do", ""))
        if verb is None:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        return told(request, verb([delivery], by=request.user))


def told(request: HttpRequest, count: int) -> HttpResponse:
    """Say what was done, and go back to the list a form was on."""
    if count:
        what = DONE[request.POST["do"]]
        messages.success(request, f"{count} mail{'' if count == 1 else 's'} {what}.")
    else:
        messages.warning(request, "Nothing was changed: somebody was first, or it is going out right now.")
    tab, event = chosen(request.POST)
    response = HttpResponseRedirect(f"{reverse('outbox:rows')}?{urlencode({'state': tab, 'event': event})}")
    response.status_code = 303
    return response


def chosen(asked: QueryDict) -> tuple[str, str]:
    state, event = asked.get("state", ""), asked.get("event", "")
    return (state if state in TABS else State.WAITING.value), (event if event in events.names() else "")


def found(tab: str, event: str, before: int | None) -> QuerySet[Delivery]:
    """The newest first."""
    rows = Delivery.objects.filter(state=tab).order_by("-pk")
    if event:
        rows = rows.filter(event=event)
    return rows.filter(pk__lt=before) if before else rows


def counted() -> list[tuple[State, str, int]]:
    counts = queries.counts()
    return [(state, label, counts[state.value]) for state, label in TABS.items()]


def shown(count: int) -> str:
    return f"{queries.MOST_COUNTED:,}+" if count > queries.MOST_COUNTED else f"{count:,}"


def number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None

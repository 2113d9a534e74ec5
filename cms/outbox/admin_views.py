"""``/admin/outbox/``: what is waiting, what was sent, what failed and why. No address, no text of a mail."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cms.http.admin_page import AdminPage
from cms.http.redirects import see_other
from cms.outbox import events, queries, staff
from cms.outbox.models import Delivery, State
from cms.reading import keyset
from cms.text.numbers import read_number

ROWS_A_PAGE = 50
DONE = {
    "send-again": ngettext_lazy(
        "%(count)s mail put back in the queue.", "%(count)s mails put back in the queue.", "count"
    ),
    "give-up": ngettext_lazy("%(count)s mail given up.", "%(count)s mails given up.", "count"),
}
TABS = {
    State.WAITING: _("Waiting"),
    State.FAILED: _("Failed"),
    State.SENT: _("Sent"),
    State.SUPPRESSED: _("Not wanted"),
}
BUTTONS = {
    State.WAITING: (("give-up", _("Give up")),),
    State.FAILED: (("send-again", _("Send again")), ("give-up", _("Give up"))),
}


class OutboxPage(AdminPage):
    page_title = _("Outbox")
    header_icon = "mail"
    permission = staff.MANAGE


class OutboxView(OutboxPage):
    template_name = "cms/outbox/admin/rows.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        tab, event = selection(request.GET)
        rows, more = keyset.page(rows_of(tab, event, read_number(request.GET.get("before", ""))), ROWS_A_PAGE)
        status = queries.status()
        context = self.get_context_data(
            tabs=[(state.value, label, format_count(count)) for state, label, count in tab_counts()],
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
        """Act on all failed rows of the list, up to staff.MOST_AT_ONCE."""
        verb = staff.VERBS.get(request.POST.get("do", ""))
        if verb is None:
            return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")
        _, event = selection(request.POST)
        return redirect_with_result(request, verb(staff.failed(event), by=request.user))


class RowView(OutboxPage):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, delivery_id: int) -> HttpResponse:
        delivery = get_object_or_404(Delivery, pk=delivery_id)
        verb = staff.VERBS.get(request.POST.get("do", ""))
        if verb is None:
            return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")
        return redirect_with_result(request, verb([delivery], by=request.user))


def redirect_with_result(request: HttpRequest, count: int) -> HttpResponse:
    """Report what was done, and go back to the list."""
    if count:
        messages.success(request, DONE[request.POST["do"]] % {"count": count})
    else:
        messages.warning(
            request,
            gettext("Nothing was changed: someone else was first, or the email is being sent right now."),
        )
    tab, event = selection(request.POST)
    return see_other(f"{reverse('outbox:rows')}?{urlencode({'state': tab, 'event': event})}")


def selection(parameters: QueryDict) -> tuple[str, str]:
    state, event = parameters.get("state", ""), parameters.get("event", "")
    return (state if state in TABS else State.WAITING.value), (event if event in events.names() else "")


def rows_of(tab: str, event: str, before: int | None) -> QuerySet[Delivery]:
    """Return the rows of a tab, newest first."""
    rows = Delivery.objects.filter(state=tab)
    if event:
        rows = rows.filter(event=event)
    return keyset.after(rows, before, newest_first=True)


def tab_counts() -> list[tuple[State, str, int]]:
    counts = queries.counts()
    return [(state, str(label), counts[state.value]) for state, label in TABS.items()]


def format_count(count: int) -> str:
    most = number_format(queries.MOST_COUNTED, force_grouping=True)
    return f"{most}+" if count > queries.MOST_COUNTED else number_format(count, force_grouping=True)

"""Where staff find messages: ``/admin/messages/``. What is searched for comes by POST and is in no URL."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log
from wagtail.models import Site

from home.contact import export, queries
from home.contact.models import may_read
from home.contact.queries import Asked
from home.contact.states import State

MESSAGES_A_PAGE = 50
LONGEST_WORDS = 254
ASSIGNED = (("", "Anybody"), (queries.ME, "Me"), (queries.NOBODY, "Nobody"))
FILES = {
    "csv": (export.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (export.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class StaffView(WagtailAdminTemplateMixin, View):
    page_title = "Messages"
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class InboxView(StaffView):
    template_name = "home/contact/admin/inbox.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(asked_for({name: value for name, value in request.GET.items() if name != "q"}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Search, or export what was searched for."""
        asked, kind = queries.looked_up(asked_for(request.POST)), request.POST.get("do", "search")
        if kind in FILES:
            return self.download(kind, asked)
        return self.show(asked)

    def show(self, asked: Asked) -> HttpResponse:
        user = self.request.user
        found = list(queries.inbox(user, asked).select_related("assigned_to")[: MESSAGES_A_PAGE + 1])
        more, found = len(found) > MESSAGES_A_PAGE, found[:MESSAGES_A_PAGE]
        counts = queries.counts(user, asked)
        context = self.get_context_data(
            tabs=[(state.value, state.label, shown_number(counts[state])) for state in State],
            asked=asked,
            filters=filters_of(asked),
            messages_found=found,
            next_after=found[-1].pk if more else None,
            pages=queries.contact_pages(),
            assigned=ASSIGNED,
            most_exported=export.MOST_EXPORTED,
        )
        return self.render_to_response(context)

    def download(self, kind: str, asked: Asked) -> HttpResponse:
        write, content_type = FILES[kind]
        found = queries.inbox(self.request.user, asked)
        log(Site.objects.get(is_default_site=True), "contact.export", user=self.request.user)
        name = f"messages-{asked.state}-{date.today():%Y-%m-%d}.{kind}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(write(found), content_type=content_type, headers=headers)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


def asked_for(sent: Mapping[str, str]) -> Asked:
    """Forgive what nobody could have meant."""
    state, assigned = sent.get("tab", ""), sent.get("assigned", "")
    return Asked(
        state=state if state in State else State.NEW,
        words=_line(sent.get("q", "")),
        subject=_line(sent.get("subject", "")),
        page=number(sent.get("page", "")),
        assigned=assigned if assigned in dict(ASSIGNED) else "",
        after=number(sent.get("after", "")),
    )


def filters_of(asked: Asked) -> str:
    """Return what else a link to a tab must carry. Never the words: they may be an address."""
    kept = {"subject": asked.subject, "page": asked.page or "", "assigned": asked.assigned}
    return urlencode({name: value for name, value in kept.items() if value})


def number(typed: str) -> int:
    """Return a positive number of at most 18 digits, 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def shown_number(count: int) -> str:
    return f"{queries.MOST_COUNTED:,}+" if count > queries.MOST_COUNTED else f"{count:,}"


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _line(typed: str) -> str:
    return " ".join(typed.replace("\0", "").split())[:LONGEST_WORDS]

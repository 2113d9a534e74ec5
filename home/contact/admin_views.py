"""Where staff find messages: ``/admin/messages/``. Searches are sent by POST and never appear in a URL."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Site

from cms.credentials import staff
from cms.http.admin_page import AdminPage
from cms.reading import keyset
from cms.text.numbers import read_number
from home.contact import export, queries
from home.contact.models import may_read
from home.contact.queries import Search
from home.contact.states import State

MESSAGES_A_PAGE = 50
LONGEST_WORDS = 254
ASSIGNED = (("", _("Anyone")), (queries.ME, _("Me")), (queries.NOBODY, _("Nobody")))
FILES = {
    "csv": (export.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (export.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class InboxPage(AdminPage):
    page_title = _("Messages")
    header_icon = "mail"

    def may_open(self) -> bool:
        return may_read(self.request.user)


class InboxView(InboxPage):
    template_name = "home/contact/admin/inbox.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            parse_search({name: request.GET.get(name, "") for name in request.GET if name != "q"})
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Search, or export the results."""
        search = queries.with_person(staff.of(request), parse_search(request.POST))
        kind = request.POST.get("do", "search")
        if kind in FILES:
            return self.download(kind, search)
        return self.show(search)

    def show(self, search: Search) -> HttpResponse:
        user = staff.of(self.request)
        found = queries.inbox(user, search).select_related("assigned_to")
        rows, more = keyset.page(found, MESSAGES_A_PAGE)
        counts = queries.counts(user, search)
        context = self.get_context_data(
            tabs=[(state.value, state.label, format_count(counts[state])) for state in State],
            search=search,
            filters=filters_of(search),
            rows=rows,
            next_after=rows[-1].pk if more else None,
            pages=queries.contact_pages(),
            assigned=ASSIGNED,
            most_exported=export.MOST_EXPORTED,
        )
        return self.render_to_response(context)

    def download(self, kind: str, search: Search) -> HttpResponse:
        write, content_type = FILES[kind]
        user = staff.of(self.request)
        rows = queries.inbox(user, search)
        log(Site.objects.first() or user, "contact.export", user=user)
        name = f"messages-{search.state}-{date.today():%Y-%m-%d}.{kind}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(write(rows), content_type=content_type, headers=headers)


def parse_search(sent: Mapping[str, str]) -> Search:
    """Read a search; values that make no sense count as not given."""
    state, assigned = sent.get("tab", ""), sent.get("assigned", "")
    return Search(
        state=state if state in State else State.NEW,
        words=_line(sent.get("q", "")),
        subject=_line(sent.get("subject", "")),
        page=read_number(sent.get("page", "")) or 0,
        assigned=assigned if assigned in dict(ASSIGNED) else "",
        after=read_number(sent.get("after", "")) or 0,
    )


def filters_of(search: Search) -> str:
    """Return the other parameters of a link to a tab. Never the words: they may be an address."""
    filters = {"subject": search.subject, "page": search.page or "", "assigned": search.assigned}
    return urlencode({name: value for name, value in filters.items() if value})


def format_count(count: int) -> str:
    most = number_format(queries.MOST_COUNTED, force_grouping=True)
    return f"{most}+" if count > queries.MOST_COUNTED else number_format(count, force_grouping=True)


def _line(typed: str) -> str:
    return " ".join(typed.replace("\0", "").split())[:LONGEST_WORDS]

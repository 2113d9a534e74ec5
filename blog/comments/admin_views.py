"""The moderation desk at ``/admin/comments/``."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from blog.comments import actions, queries, rules
from blog.comments.models import ReaderComment
from blog.comments.states import Status

COMMENTS_A_PAGE = 50
TABS = {
    Status.PENDING.value: "Held",
    Status.APPROVED.value: "Approved",
    Status.SPAM.value: "Spam",
    Status.TRASH.value: "Trash",
    queries.REPORTED: "Reported",
}
DONE = {
    Status.APPROVED: "approved",
    Status.PENDING: "put back to held",
    Status.SPAM: "marked as spam",
    Status.TRASH: "moved to the trash",
    Status.WITHDRAWN: "withdrawn by its author",
}
EDIT_BUTTONS = (
    ("approve", "Approve the edit"),
    ("refuse-edit", "Refuse the edit"),
    ("spam", "Spam"),
    ("trash", "Trash"),
)
REPORT_BUTTONS = (("approve", "Keep it public"), ("hold", "Hold again"), ("spam", "Spam"), ("trash", "Trash"))
BUTTONS = {
    Status.PENDING: (("approve", "Approve"), ("spam", "Spam"), ("trash", "Trash")),
    Status.APPROVED: (("hold", "Hold again"), ("spam", "Spam"), ("trash", "Trash")),
    Status.SPAM: (("approve", "Approve"), ("hold", "Not spam"), ("trash", "Trash")),
    Status.TRASH: (("approve", "Approve"), ("hold", "Put back to held"), ("spam", "Spam")),
}


class DeskView(WagtailAdminTemplateMixin, View):
    page_title = "Reader comments"
    header_icon = "comment"
    template_name = "blog/comments/admin/desk.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(actions.MODERATE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, request.GET.get("status", ""), request.GET.get("q", ""))

    def post(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        """Carry out one button of one card; 409 when somebody else was first."""
        comment = get_object_or_404(ReaderComment, pk=comment_id)
        verb, version = actions.VERBS.get(request.POST.get("do", "")), request.POST.get("version", "")
        if verb is None or not (version.isascii() and version.isdigit() and len(version) < 9):
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        status, words = request.POST.get("status", ""), request.POST.get("q", "")
        try:
            changed = verb(comment, by=request.user, version=int(version))
        except actions.StaleError as stale:
            messages.warning(request, already(stale))
            return self.show(request, status, words, response_status=409)
        except actions.NothingLeftError:
            messages.warning(request, "Its words were erased. Nothing is left to approve.")
            return self.show(request, status, words, response_status=409)
        done = "keeps its words" if verb is actions.refuse_edit else DONE[Status(changed.status)]
        messages.success(request, f"Comment by {changed.user_name} {done}.")
        return see_other(f"{reverse('blog_comments:desk')}?{urlencode({'status': _tab(status), 'q': words})}")

    def show(self, request: HttpRequest, status: str, words: str, response_status: int = 200) -> HttpResponse:
        status, words = _tab(status), words.replace("\0", "").strip()[:200]
        counts = queries.status_counts()
        comments = Paginator(queries.on_desk(status, words), COMMENTS_A_PAGE).get_page(request.GET.get("p"))
        context = self.get_context_data(
            tabs=[(tab, label, counts.get(tab, 0)) for tab, label in TABS.items()],
            status=status,
            words=words,
            comments=comments,
            cards=[_card(comment) for comment in comments],
        )
        return self.render_to_response(context, status=response_status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


def already(stale: actions.StaleError) -> str:
    """Tell a moderator who was first, and when."""
    who = f" by {stale.by}" if stale.by else ""
    when = f" {timesince(stale.at)} ago" if stale.at else ""
    return f"Already {DONE[stale.status]}{who}{when}. Nothing was changed."


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _tab(status: str) -> str:
    return status if status in TABS else Status.PENDING.value


def _card(comment: ReaderComment) -> dict[str, Any]:
    decisions = list(comment.decisions.all())
    last = decisions[-1] if decisions else None
    return {
        "comment": comment,
        "reasons": _badges(comment, last.reasons if last else []),
        "reports": [report for report in comment.reports.all() if report.settled_at is None],
        "decided_by": last.user.get_username() if last and last.user else "",
        "buttons": _buttons(comment),
        "edit": _held_words(comment),
    }


def _badges(comment: ReaderComment, reasons: list[str]) -> list[str]:
    """What a moderator wants to know first: that somebody is new here, not that every comment is held."""
    first = comment.reader is not None and not (comment.reader.approved_count or comment.reader.refused_count)
    telling = [reason for reason in reasons if reason != rules.Reason.HOLD_ALL]
    return [*(["First comment"] if first else []), *rules.in_words(telling)]


def _buttons(comment: ReaderComment) -> tuple[tuple[str, str], ...]:
    if _is_edit(comment):
        return EDIT_BUTTONS
    if any(report.settled_at is None for report in comment.reports.all()):
        return REPORT_BUTTONS if comment.is_public else BUTTONS[Status(comment.status)]
    return BUTTONS[Status(comment.status)]


def _is_edit(comment: ReaderComment) -> bool:
    return comment.held_revision is not None and comment.status == Status.APPROVED


def _held_words(comment: ReaderComment) -> str:
    """The edit that waits, from the revisions that were read along."""
    return next((each.text for each in comment.revisions.all() if each.number == comment.held_revision), "")

"""The moderation desk at ``/admin/comments/``."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.views import View
from wagtail.admin import messages
from wagtail.admin.compare import diff_text
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from blog.comments import actions, queries, rules
from blog.comments.models import ReaderComment
from blog.comments.states import Status

COMMENTS_A_PAGE = 25
LONG = 1200  # characters; longer ones are folded
BATCH = (("approve", "Approve"), ("hold", "Hold"), ("spam", "Spam"), ("trash", "Trash"))
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
    Status.WITHDRAWN: (),
}


class ModeratorView(WagtailAdminTemplateMixin, View):
    """A page of the desk: for moderators, and in nobody's cache."""

    header_icon = "comment"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(actions.MODERATE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class DeskView(ModeratorView):
    page_title = "Reader comments"
    template_name = "blog/comments/admin/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request.GET)

    def post(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        """Carry out one button of one card; 409 when somebody else was first."""
        comment = get_object_or_404(ReaderComment, pk=comment_id)
        verb, version = (
            actions.VERBS.get(request.POST.get("do", "")),
            _number(request.POST.get("version", "")),
        )
        if verb is None or version is None:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        try:
            changed = verb(comment, by=request.user, version=version)
        except (actions.StaleError, actions.NothingLeftError) as error:
            return self.refuse(request, why_not(error))
        if wants_json(request):
            numbers = {"version": changed.version, "waiting": queries.waiting_count()}
            return JsonResponse({"words": done(verb, changed), **numbers})
        messages.success(request, done(verb, changed))
        return see_other(back_to(request))

    def refuse(self, request: HttpRequest, why: str) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"words": why}, status=409)
        messages.warning(request, why)
        return self.show(request.POST, response_status=409)

    def show(self, asked: QueryDict, response_status: int = 200) -> HttpResponse:
        status, words = _tab(asked.get("status", "")), _words(asked.get("q", ""))
        found = queries.on_desk(status, words, _number(asked.get("after", "")) or 0)
        comments = list(found[: COMMENTS_A_PAGE + 1])
        more, comments = len(comments) > COMMENTS_A_PAGE, comments[:COMMENTS_A_PAGE]
        counts = queries.status_counts()
        context = self.get_context_data(
            tabs=[(tab, label, shown_number(counts[tab])) for tab, label in TABS.items()],
            status=status,
            words=words,
            next_after=comments[-1].pk if more else None,
            cards=[card(comment) for comment in comments],
            batch=[(verb, label) for verb, label in BATCH if actions.STATES[verb] != status],
        )
        return self.render_to_response(context, status=response_status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class BatchView(ModeratorView):
    """The ticked cards at once. Each carries the version that was on the screen."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        verb, seen = request.POST.get("do", ""), _seen(request.POST.getlist("comment"))
        if verb not in actions.STATES or seen is None or len(seen) > actions.MOST_AT_ONCE:
            return HttpResponse("Unknown action.", status=400, content_type="text/plain")
        moved = actions.decide_all(verb, seen, by=request.user)
        if moved.done:
            number = len(moved.done)
            what = f"{number} comment{'' if number == 1 else 's'} {DONE[actions.STATES[verb]]}."
            messages.success(request, what)
        if left := len(moved.stale) + len(moved.empty):
            messages.warning(
                request, f"{left} left as they are: somebody was first, or their words were erased."
            )
        if not seen:
            messages.warning(request, "Nothing was selected.")
        return see_other(back_to(request))


def why_not(error: Exception) -> str:
    if isinstance(error, actions.StaleError):
        return already(error)
    return "Its words were erased. Nothing is left to approve."


def done(verb: Any, comment: ReaderComment) -> str:
    what = "keeps its words" if verb is actions.refuse_edit else DONE[Status(comment.status)]
    return f"Comment by {comment.user_name} {what}."


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def back_to(request: HttpRequest) -> str:
    """Return the address of the list a form was on."""
    asked = {"status": _tab(request.POST.get("status", "")), "q": _words(request.POST.get("q", ""))}
    return f"{reverse('blog_comments:desk')}?{urlencode(asked)}"


def shown_number(number: int) -> str:
    return f"{queries.MOST_COUNTED:,}+" if number > queries.MOST_COUNTED else f"{number:,}"


def already(stale: actions.StaleError) -> str:
    """Tell a moderator who was first, and when."""
    who = f" by {stale.by}" if stale.by else ""
    when = f" {timesince(stale.at)} ago" if stale.at else ""
    return f"Already {DONE[stale.status]}{who}{when}. Nothing was changed."


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _words(typed: str) -> str:
    return typed.replace("\0", "").strip()[:200]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _seen(ticked: list[str]) -> dict[int, int] | None:
    """Return id and version of each ticked card; None when one is not of our making."""
    pairs = [[_number(part) for part in value.split(":")] for value in ticked]
    if any(len(pair) != 2 or None in pair for pair in pairs):
        return None
    return dict(pairs)


def _tab(status: str) -> str:
    return status if status in TABS else Status.PENDING.value


def card(comment: ReaderComment) -> dict[str, Any]:
    decisions = list(comment.decisions.all())
    last = decisions[-1] if decisions else None
    edit = comment.waiting_words or ""
    return {
        "comment": comment,
        "reasons": _badges(comment, last.reasons if last else []),
        "reports": [report for report in comment.reports.all() if report.settled_at is None],
        "decided_by": last.user.get_username() if last and last.user else "",
        "buttons": _buttons(comment),
        "edit": edit,
        "difference": diff_text(comment.comment, edit).to_html() if _is_edit(comment) else "",
        "long": len(comment.comment) > LONG,
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

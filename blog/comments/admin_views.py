"""The moderation desk at ``/admin/comments/``."""

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from blog.comments import actions, desk, names, queries
from blog.comments.cards import age, card
from blog.comments.filters import REASONS, Filter, FilterForm
from blog.comments.models import Reader, ReaderComment
from blog.comments.states import EVERY, REPORTED, Status

COMMENTS_A_PAGE = 25
NOBODY = "Nobody has written under that address."
BATCH = (("approve", "Approve"), ("hold", "Hold"), ("spam", "Spam"), ("trash", "Trash"))
TABS = {
    Status.PENDING.value: "Held",
    Status.APPROVED.value: "Approved",
    Status.SPAM.value: "Spam",
    Status.TRASH.value: "Trash",
    REPORTED: "Reported",
}
DONE = {
    Status.APPROVED: "approved",
    Status.PENDING: "put back to held",
    Status.SPAM: "marked as spam",
    Status.TRASH: "moved to the trash",
    Status.WITHDRAWN: "withdrawn by its author",
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
            return unknown_action()
        try:
            changed = verb(comment, by=request.user, version=version)
        except (actions.StaleError, actions.NothingLeftError) as error:
            return self.refuse(request, why_not(error))
        if wants_json(request):
            numbers = {"version": changed.version, "waiting": queries.waiting_count()}
            return JsonResponse({"words": done(verb, changed), **numbers})
        look = messages.button(reverse("blog_comments:case", args=[comment_id]), "Look at it again")
        messages.success(request, done(verb, changed), buttons=[look])
        return see_other(back_to(request))

    def refuse(self, request: HttpRequest, why: str) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"words": why}, status=409)
        messages.warning(request, why)
        return self.show(QueryDict(request.POST.get("list", "")), response_status=409)

    def show(self, asked: QueryDict, response_status: int = 200) -> HttpResponse:
        form = FilterForm(asked)
        if not form.is_valid():
            return self.show_list(form, Filter(), desk.NOTHING, response_status=422)
        wanted, after = form.filter, _number(asked.get("after", "")) or 0
        found = desk.page(wanted, after=after, limit=COMMENTS_A_PAGE)
        return self.show_list(form, wanted, found, response_status)

    def show_list(
        self, form: FilterForm, wanted: Filter, found: desk.Found, response_status: int
    ) -> HttpResponse:
        tabs = TABS if not wanted.person and wanted.status != EVERY else {**TABS, EVERY: "All"}
        counts = queries.tab_counts(tabs)
        self.request.comments_waiting = counts[Status.PENDING]  # the menu shows it too
        context = self.get_context_data(
            tabs=[
                (tab, label, shown_number(counts[tab]), wanted.but(status=tab).query)
                for tab, label in tabs.items()
            ],
            wanted=wanted,
            query=wanted.query,
            typed=form.typed,
            errors=form.errors,
            posts=_posts(wanted),
            reasons=REASONS.items(),
            found=found,
            looked_through=f"{desk.LOOKED_THROUGH:,}",
            cards=[card(comment) for comment in found.comments],
            batch=[(verb, label) for verb, label in BATCH if actions.STATES[verb] != wanted.status],
        )
        return self.render_to_response(context, status=response_status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class FindView(DeskView):
    """
    The search, which is posted: an address must stand in no web address, history or log.

    One that is known leads to the number of its person; of one that is not, nothing is said but that.
    """

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST.get("q", "").strip()
        if names.is_address(typed):
            return self.find_person(request, typed)
        form = FilterForm(request.POST)
        if not form.is_valid():
            return self.show(request.POST)
        return see_other(f"{reverse('blog_comments:desk')}?{form.filter.query}")

    def find_person(self, request: HttpRequest, typed: str) -> HttpResponse:
        reader = Reader.objects.with_address(typed).first()
        if reader:
            wanted = Filter(status=EVERY, person=reader.pk)
            return see_other(f"{reverse('blog_comments:desk')}?{wanted.query}")
        messages.warning(request, NOBODY)
        return see_other(reverse("blog_comments:desk"))


class BatchView(ModeratorView):
    """The ticked cards at once. Each carries the version that was on the screen."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        verb, seen = request.POST.get("do", ""), _seen(request.POST.getlist("comment"))
        if verb not in actions.STATES or seen is None or len(seen) > actions.MOST_AT_ONCE:
            return unknown_action()
        if not seen:
            messages.warning(request, "Nothing was selected.")
            return see_other(back_to(request))
        act = uuid4()
        moved = actions.decide_all(verb, seen, by=request.user, act=act)
        tell_of_act(request, verb, act, len(moved.done), len(seen) - len(moved.done))
        return see_other(back_to(request))


def tell_of_act(request: HttpRequest, verb: str, act: UUID, number: int, left: int) -> None:
    """Say what became of many comments, with a way to undo it."""
    if number:
        undo = messages.button(reverse("blog_comments:act", args=[act]), "Undo")
        messages.success(request, f"{many(number)} {DONE[actions.STATES[verb]]}.", buttons=[undo])
    if left:
        messages.warning(
            request, f"{left:,} left as they are: somebody was first, or their words were erased."
        )


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
    form = FilterForm(QueryDict(request.POST.get("list", "")))
    wanted = form.filter if form.is_valid() else Filter()
    return f"{reverse('blog_comments:desk')}?{wanted.query}"


def unknown_action() -> HttpResponse:
    return HttpResponse("Unknown action.", status=400, content_type="text/plain")


def many(number: int) -> str:
    return f"{number:,} comment{'' if number == 1 else 's'}"


def shown_number(number: int) -> str:
    return f"{queries.MOST_COUNTED:,}+" if number > queries.MOST_COUNTED else f"{number:,}"


def already(stale: actions.StaleError) -> str:
    """Tell a moderator who was first, and when."""
    who = f" by {stale.by}" if stale.by else ""
    when = f" {age(stale.at)} ago" if stale.at else ""
    return f"Already {DONE[stale.status]}{who}{when}. Nothing was changed."


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _seen(ticked: list[str]) -> dict[int, int] | None:
    """Return id and version of each ticked card; None when one is not of our making."""
    pairs = [[_number(part) for part in value.split(":")] for value in ticked]
    if any(len(pair) != 2 or None in pair for pair in pairs):
        return None
    return dict(pairs)


def _posts(wanted: Filter) -> list[tuple[int, str, bool]]:
    """Return id and title of the posts that are offered, and whether the list is of that one."""
    offered = dict(desk.posts_offered())
    missing = [pk for pk in wanted.pages if pk not in offered]
    if missing:
        offered |= dict(Page.objects.filter(pk__in=missing).values_list("pk", "title"))
    return [(pk, title, pk in wanted.pages) for pk, title in offered.items()]

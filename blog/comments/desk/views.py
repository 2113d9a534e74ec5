"""The moderation desk at ``/admin/comments/``."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.models import Page

from blog.comments.desk import lists
from blog.comments.desk.cards import card
from blog.comments.desk.filters import LONGEST_SEARCH, REASONS, Filter, FilterForm
from blog.comments.desk.outcomes import grouped, moved, one_moved, shown_number, why_not
from blog.comments.models import ReaderComment
from blog.comments.moderation import actions, people
from blog.comments.reading import queries
from blog.comments.rules import names
from blog.comments.states import EVERY, REPORTED, Status
from cms.credentials import staff
from cms.http.admin_page import Above, AdminPage
from cms.http.redirects import see_other
from cms.text.fields import LONGEST_ADDRESS
from cms.text.numbers import read_number

COMMENTS_A_PAGE = 25
COUNTED = "comments_waiting"  # where a request keeps the number of held comments for the menu
NOBODY = _("No one has written from that address.")
FOR_OFFICERS = _("Only comment privacy officers can search by email address. No search was made.")
BATCH = (("approve", _("Approve")), ("hold", _("Hold")), ("spam", _("Spam")), ("trash", _("Trash")))
# After what a button does, to what, which is read aloud only; and the same for all that match.
BATCH_BUTTONS = (
    ("approve", _('Approve<span class="w-sr-only"> the selected comments</span>'), _("Approve all …")),
    ("hold", _('Hold<span class="w-sr-only"> the selected comments</span>'), _("Hold all …")),
    ("spam", _('Spam<span class="w-sr-only"> the selected comments</span>'), _("Spam all …")),
    ("trash", _('Trash<span class="w-sr-only"> the selected comments</span>'), _("Trash all …")),
)
ALL_CAUGHT_UP = _("<strong>All caught up.</strong> No comments are waiting.")
TABS = {
    Status.PENDING.value: _("Held"),
    Status.APPROVED.value: _("Approved"),
    Status.SPAM.value: _("Spam"),
    Status.TRASH.value: _("Trash"),
    REPORTED: _("Reported"),
}
ALL = _("All")
TITLE = _("Reader comments")


class ModeratorView(AdminPage):
    """A page of the desk: for moderators, and never cached."""

    header_icon = "comment"
    permission = actions.MODERATE


class UnderDeskView(ModeratorView):
    """A page below the desk."""

    def above(self) -> Above:
        return [(reverse("blog_comments:desk"), TITLE)]


class ListView(ModeratorView):
    """A list of comments with its tabs and its filter."""

    page_title = TITLE
    template_name = "blog/comments/admin/desk.html"

    def show(self, asked: QueryDict, response_status: int = 200) -> HttpResponse:
        form = FilterForm(asked)
        if not form.is_valid():
            return self.show_list(form, Filter(), lists.NOTHING, response_status=422)
        wanted, after = form.filter, read_number(asked.get("after", "")) or 0
        found = lists.page(wanted, after=after, limit=COMMENTS_A_PAGE)
        return self.show_list(form, wanted, found, response_status)

    def show_list(
        self, form: FilterForm, wanted: Filter, found: lists.Found, response_status: int
    ) -> HttpResponse:
        tabs = TABS if not wanted.person and wanted.status != EVERY else {**TABS, EVERY: ALL}
        counts = queries.tab_counts(tabs)
        setattr(self.request, COUNTED, counts[Status.PENDING])
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
            looked_through=_looked_through(),
            nothing=_nothing(wanted, found),
            may_reveal=self.request.user.has_perm(people.REVEAL),
            cards=[card(comment) for comment in found.comments],
            batch=[
                (verb, mark_safe(selected), all_of)  # noqa: S308 -- texts of ours
                for verb, selected, all_of in BATCH_BUTTONS
                if actions.STATES[verb] != wanted.status
            ],
        )
        return self.render_to_response(context, status=response_status)


class DeskView(ListView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request.GET)

    def post(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        """Carry out one button of one card; 409 when someone else changed the comment first."""
        comment = get_object_or_404(ReaderComment, pk=comment_id)
        verb, version = (
            actions.VERBS.get(request.POST.get("do", "")),
            read_number(request.POST.get("version", "")),
        )
        if verb is None or version is None:
            return unknown_action()
        try:
            changed = verb(comment, by=staff.of(request), version=version)
        except (actions.StaleError, actions.NothingLeftError) as error:
            return self.refuse(request, why_not(error))
        if wants_json(request):
            numbers = {"version": changed.version, "waiting": queries.waiting_count()}
            return JsonResponse({"words": one_moved(verb, changed), **numbers})
        look = messages.button(reverse("blog_comments:case", args=[comment_id]), gettext("View the comment"))
        messages.success(request, one_moved(verb, changed), buttons=[look])
        return see_other(back_to(request))

    def refuse(self, request: HttpRequest, why: str) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"words": why}, status=409)
        messages.warning(request, why)
        return self.show(QueryDict(request.POST.get("list", "")), response_status=409)


class FindView(ListView):
    """
    The search, which is posted, so that no email address ends up in a URL, a history or a log.

    Users who may reveal addresses are taken to the person with a known address. Others get the same answer to
    every address.
    """

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST.get("q", "").strip()[: LONGEST_SEARCH + LONGEST_ADDRESS]
        if names.is_address(typed):
            return self.find_person(request, typed)
        form = FilterForm(request.POST)
        if not form.is_valid():
            return self.show(request.POST)
        return see_other(f"{reverse('blog_comments:desk')}?{form.filter.query}")

    def find_person(self, request: HttpRequest, typed: str) -> HttpResponse:
        if not request.user.has_perm(people.REVEAL):
            return self.found_nobody(request, FOR_OFFICERS)
        reader = people.find(typed, by=staff.of(request))
        if reader is None:
            return self.found_nobody(request, NOBODY)
        wanted = Filter(status=EVERY, person=reader.pk)
        return see_other(f"{reverse('blog_comments:desk')}?{wanted.query}")

    def found_nobody(self, request: HttpRequest, why: Promise) -> HttpResponse:
        messages.warning(request, why)
        return see_other(reverse("blog_comments:desk"))


class BatchView(ModeratorView):
    """Decide about all ticked cards. Each carries the version that was on the screen."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        verb, seen = request.POST.get("do", ""), _seen(request.POST.getlist("comment"))
        if verb not in actions.STATES or seen is None or len(seen) > actions.MOST_AT_ONCE:
            return unknown_action()
        if not seen:
            messages.warning(request, gettext("Nothing was selected."))
            return see_other(back_to(request))
        act = uuid4()
        moved = actions.decide_all(verb, seen, by=staff.of(request), act=act)
        tell_of_act(request, verb, act, len(moved.done), len(seen) - len(moved.done))
        return see_other(back_to(request))


def tell_of_act(request: HttpRequest, verb: str, act: UUID, number: int, left: int) -> None:
    """Say what became of many comments, with a way to undo it."""
    if number:
        undo = messages.button(reverse("blog_comments:act", args=[act]), gettext("Undo"))
        messages.success(request, moved(actions.STATES[verb], number), buttons=[undo])
    if left:
        unchanged = ngettext(
            "%(shown)s left unchanged: someone else changed it first, or its text was erased.",
            "%(shown)s left unchanged: someone else changed them first, or their text was erased.",
            left,
        )
        messages.warning(request, unchanged % {"shown": grouped(left)})


def _looked_through() -> str:
    sentence = ngettext(
        "%(shown)s comment was looked through, and there are more.",
        "%(shown)s comments were looked through, and there are more.",
        lists.LOOKED_THROUGH,
    )
    return sentence % {"shown": grouped(lists.LOOKED_THROUGH)}


def _nothing(wanted: Filter, found: lists.Found) -> str:
    """Say that a list is empty."""
    if wanted.narrowed:
        return gettext("Nothing here matches.") if found.cut else gettext("Nothing matches.")
    if wanted.status == Status.PENDING:
        return mark_safe(ALL_CAUGHT_UP)  # noqa: S308 -- a text of ours
    return gettext("Nothing here.")


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def back_to(request: HttpRequest) -> str:
    """Return the address of the list a form was on."""
    form = FilterForm(QueryDict(request.POST.get("list", "")))
    wanted = form.filter if form.is_valid() else Filter()
    return f"{reverse('blog_comments:desk')}?{wanted.query}"


def unknown_action() -> HttpResponse:
    return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")


def _seen(ticked: list[str]) -> dict[int, int] | None:
    """Return id and version of each ticked card; None when one is malformed."""
    seen: dict[int, int] = {}
    for value in ticked:
        pk, version = (read_number(part) for part in value.partition(":")[::2])
        if pk is None or version is None:
            return None
        seen[pk] = version
    return seen


def _posts(wanted: Filter) -> list[tuple[int, str, bool]]:
    """Return id and title of the posts to choose from, and whether each is selected."""
    offered = dict(lists.posts_offered())
    missing = [pk for pk in wanted.pages if pk not in offered]
    if missing:
        offered |= dict(Page.objects.filter(pk__in=missing).values_list("pk", "title"))
    return [(pk, title, pk in wanted.pages) for pk, title in offered.items()]

"""Acts on all comments that match: number, confirmation, pieces, undo. Each step is a page with a button."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import BigAutoField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from blog.comments.desk import lists
from blog.comments.desk.filters import Filter, FilterForm
from blog.comments.desk.outcomes import (
    grouped,
    moved_so_far,
    moved_together,
    put_back,
    put_back_so_far,
    shown_number,
)
from blog.comments.desk.views import (
    ALL,
    BATCH,
    TABS,
    TITLE,
    UnderDeskView,
    tell_of_act,
    unknown_action,
)
from blog.comments.models import Decision
from blog.comments.moderation import actions
from blog.comments.reading import queries
from blog.comments.states import Status
from cms.credentials import staff
from cms.http.redirects import see_other

PIECES_A_REQUEST = 2
ALL_OF = {
    "approve": _("Approve all %(shown)s"),
    "hold": _("Hold all %(shown)s"),
    "spam": _("Spam all %(shown)s"),
    "trash": _("Trash all %(shown)s"),
}


class ActForm(forms.Form):
    """How far an act on all matches has come, carried from page to page, so that no request takes long."""

    act = forms.UUIDField()
    do = forms.ChoiceField(choices=BATCH)
    first = forms.IntegerField(min_value=1, max_value=BigAutoField.MAX_BIGINT)
    last = forms.IntegerField(min_value=0, max_value=BigAutoField.MAX_BIGINT)
    since = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    done = forms.IntegerField(min_value=0)
    left = forms.IntegerField(min_value=0)


class UndoForm(forms.Form):
    after = forms.IntegerField(min_value=0, max_value=BigAutoField.MAX_BIGINT)
    done = forms.IntegerField(min_value=0)
    left = forms.IntegerField(min_value=0)


class AllView(UnderDeskView):
    """Decide about all comments that match, up to the newest there was when their number was shown."""

    page_title = TITLE
    template_name = "blog/comments/admin/all.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form, verb = FilterForm(request.GET), request.GET.get("do", "")
        if not form.is_valid() or verb not in actions.STATES:
            return unknown_action()
        began, extent = timezone.now(), lists.extent(form.filter)
        step = {
            "act": uuid4(),
            "do": verb,
            "first": extent.first,
            "last": extent.last,
            "since": began.isoformat(timespec="microseconds"),
            "done": 0,
            "left": 0,
        }
        return self.show(form.filter, step, extent)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Carry out some pieces, each in its own transaction; then report the progress."""
        filters, form = FilterForm(QueryDict(request.POST.get("list", ""))), ActForm(request.POST)
        if not filters.is_valid() or not form.is_valid():
            return unknown_action()
        wanted, step = filters.filter, form.cleaned_data
        if self.carry_out(wanted, step):
            tell_of_act(request, step["do"], step["act"], step["done"], step["left"])
            return see_other(f"{reverse('blog_comments:desk')}?{wanted.query}")
        step["since"] = step["since"].isoformat(timespec="microseconds")
        return self.show(wanted, step)

    def carry_out(self, wanted: Filter, step: dict[str, Any]) -> bool:
        """Continue the act; return whether it is finished."""
        for _piece in range(PIECES_A_REQUEST):
            piece = lists.piece(
                wanted,
                first=step["first"],
                last=step["last"],
                since=step["since"],
                size=actions.MOST_AT_ONCE,
            )
            if piece is None:
                return True
            moved = actions.decide_all(step["do"], piece.seen, by=staff.of(self.request), act=step["act"])
            step["done"] += len(moved.done)
            step["left"] += piece.touched + len(piece.seen) - len(moved.done)
            step["first"] = piece.last + 1
        return False

    def show(self, wanted: Filter, step: dict[str, Any], extent: lists.Extent | None = None) -> HttpResponse:
        context = self.get_context_data(
            wanted=wanted,
            query=wanted.query,
            step=step,
            extent=extent,
            shown=shown_number(extent.number) if extent else "",
            looked_through=_looked_through(),
            do_all=ALL_OF[step["do"]] % {"number": extent.number, "shown": shown_number(extent.number)}
            if extent
            else "",
            where=_in_words(wanted),
            so_far=moved_so_far(actions.STATES[step["do"]], step["done"]),
        )
        return self.render_to_response(context)

    def own_label(self) -> Promise:
        return _("All that match")


class ActView(UnderDeskView):
    """What was decided in one act, and its undoing."""

    page_title = TITLE
    template_name = "blog/comments/admin/act.html"

    def get(self, request: HttpRequest, act: UUID) -> HttpResponse:
        return self.show(act, {"after": 0, "done": 0, "left": 0})

    def post(self, request: HttpRequest, act: UUID) -> HttpResponse:
        """Undo some pieces."""
        form = UndoForm(request.POST)
        if not form.is_valid():
            return unknown_action()
        step = form.cleaned_data
        if not self.undo(act, step):
            return self.show(act, step)
        messages.success(request, put_back(step["done"]))
        if step["left"]:
            unchanged = ngettext(
                "%(shown)s left unchanged: someone else changed it first.",
                "%(shown)s left unchanged: someone else changed them first.",
                step["left"],
            )
            messages.warning(request, unchanged % {"shown": grouped(step["left"])})
        return see_other(reverse("blog_comments:desk"))

    def undo(self, act: UUID, step: dict[str, int]) -> bool:
        """Continue undoing; return whether it is finished."""
        for _piece in range(PIECES_A_REQUEST):
            decisions = list(lists.undoable(act, after=step["after"])[: actions.MOST_AT_ONCE])
            if not decisions:
                return True
            moved = actions.undo_act(decisions, by=staff.of(self.request))
            step["done"] += len(moved.done)
            step["left"] += len(moved.stale) + len(moved.empty)
            step["after"] = decisions[-1].pk
            if len(decisions) < actions.MOST_AT_ONCE:
                return True
        return False

    def show(self, act: UUID, step: dict[str, int]) -> HttpResponse:
        one = Decision.objects.filter(act=act).select_related("user").first()
        if one is None:
            raise Http404
        number = queries.bounded_count(lists.undoable(act))
        context = self.get_context_data(
            step=step,
            one=one,
            number=number,
            shown=shown_number(number),
            done=moved_together(Status(one.to_status), number, one.user.get_username() if one.user else ""),
            so_far=put_back_so_far(step["done"]),
        )
        return self.render_to_response(context)

    def own_label(self) -> Promise:
        return _("Decided together")


def _in_words(wanted: Filter) -> str:
    """Say what a filter asks for, before something is done to every match."""
    tab = TABS.get(wanted.status, ALL)
    if not wanted.in_words:
        return gettext("In “%(tab)s”.") % {"tab": tab}
    conditions = gettext(", ").join(wanted.in_words)
    return gettext("In “%(tab)s”, %(conditions)s.") % {"tab": tab, "conditions": conditions}


def _looked_through() -> str:
    sentence = ngettext(
        "%(shown)s comment was looked through, and there are more. Run this again for the rest.",
        "%(shown)s comments were looked through, and there are more. Run this again for the rest.",
        lists.LOOKED_THROUGH,
    )
    return sentence % {"shown": grouped(lists.LOOKED_THROUGH)}

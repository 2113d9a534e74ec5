"""Acts on all comments that match: number, confirmation, pieces, undo. Each step is a page with a button."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import BigAutoField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages

from blog.comments import actions, desk, queries
from blog.comments.admin_views import (
    BATCH,
    DONE,
    TABS,
    ModeratorView,
    many,
    see_other,
    shown_number,
    tell_of_act,
    unknown_action,
)
from blog.comments.filters import Filter, FilterForm
from blog.comments.models import Decision

PIECES_A_REQUEST = 2
TITLE = "Reader comments"


class ActForm(forms.Form):
    """How far an act on all that match has come. It is carried from page to page, so that none takes long."""

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


class AllView(ModeratorView):
    """Decide about all comments that match, up to the newest there was when their number was shown."""

    page_title = TITLE
    template_name = "blog/comments/admin/all.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form, verb = FilterForm(request.GET), request.GET.get("do", "")
        if not form.is_valid() or verb not in actions.STATES:
            return unknown_action()
        began, extent = timezone.now(), desk.extent(form.filter)
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
        """Carry out some pieces, each a transaction of its own; then say how far it is."""
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
        """Take the act further; return whether it is at its end."""
        for _ in range(PIECES_A_REQUEST):
            piece = desk.piece(
                wanted,
                first=step["first"],
                last=step["last"],
                since=step["since"],
                size=actions.MOST_AT_ONCE,
            )
            if piece is None:
                return True
            moved = actions.decide_all(step["do"], piece.seen, by=self.request.user, act=step["act"])
            step["done"] += len(moved.done)
            step["left"] += piece.touched + len(piece.seen) - len(moved.done)
            step["first"] = piece.last + 1
        return False

    def show(self, wanted: Filter, step: dict[str, Any], extent: desk.Extent | None = None) -> HttpResponse:
        context = self.get_context_data(
            wanted=wanted,
            query=wanted.query,
            step=step,
            extent=extent,
            number=shown_number(extent.number) if extent else "",
            looked_through=f"{desk.LOOKED_THROUGH:,}",
            verb=dict(BATCH)[step["do"]],
            tab=TABS.get(wanted.status, "All"),
            so_far=f"{many(step['done'])} {DONE[actions.STATES[step['do']]]} so far.",
        )
        return self.render_to_response(context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return _breadcrumbs(self, "All that match")


class ActView(ModeratorView):
    """What was decided in one act, and its undoing."""

    page_title = TITLE
    template_name = "blog/comments/admin/act.html"

    def get(self, request: HttpRequest, act: UUID) -> HttpResponse:
        return self.show(act, {"after": 0, "done": 0, "left": 0})

    def post(self, request: HttpRequest, act: UUID) -> HttpResponse:
        """Put some pieces back."""
        form = UndoForm(request.POST)
        if not form.is_valid():
            return unknown_action()
        step = form.cleaned_data
        if not self.undo(act, step):
            return self.show(act, step)
        messages.success(request, f"{many(step['done'])} put back where they were.")
        if step["left"]:
            messages.warning(request, f"{step['left']:,} left as they are: somebody was first.")
        return see_other(reverse("blog_comments:desk"))

    def undo(self, act: UUID, step: dict[str, int]) -> bool:
        """Take the undoing further; return whether it is at its end."""
        for _ in range(PIECES_A_REQUEST):
            decisions = list(desk.undoable(act, after=step["after"])[: actions.MOST_AT_ONCE])
            if not decisions:
                return True
            moved = actions.undo_act(decisions, by=self.request.user)
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
        number = queries.bounded_count(desk.undoable(act))
        context = self.get_context_data(
            step=step,
            one=one,
            number=number,
            what=f"{shown_number(number)} comment{'' if number == 1 else 's'}",
            done=DONE[one.to_status],
            so_far=f"{many(step['done'])} put back so far.",
        )
        return self.render_to_response(context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return _breadcrumbs(self, "Decided together")


def _breadcrumbs(view: ModeratorView, label: str) -> list[dict[str, Any]]:
    desk_item = {"url": reverse("blog_comments:desk"), "label": TITLE}
    return [*view.breadcrumbs_items, desk_item, {"url": "", "label": label}]

"""The report "Comment decisions", in Wagtail's menu of reports and at ``/admin/comments/decisions/``."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.views.reports import ReportView

from blog.comments import figures
from blog.comments.admin_views import ModeratorView
from blog.comments.models import Decision
from blog.comments.states import Actor, Status

DAYS_SHOWN, MOST_DAYS = 30, 366
MOST_IN_WORKBOOK = 20_000
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
STATES, ACTORS = dict(Status.choices), dict(Actor.choices)
COLUMNS = (
    "at",
    "comment_id",
    "comment__page__title",
    "from_status",
    "to_status",
    "actor",
    "user__username",
    "waited",
)
RUNS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # a workbook takes none of these


class DecisionsForm(forms.Form):
    """Which decisions. A field that is left empty leaves nothing out; the days are then the last thirty."""

    first = forms.DateField(label="From", required=False)
    last = forms.DateField(label="To", required=False)
    user = forms.ModelChoiceField(label="Moderator", queryset=None, required=False, empty_label="Anyone")
    to = forms.ChoiceField(label="Decision", choices=[("", "Any"), *Status.choices], required=False)
    actor = forms.ChoiceField(label="Made by", choices=[("", "Anything"), *Actor.choices], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        decisions = Decision.objects.filter(user=OuterRef("pk"))
        people = get_user_model().objects.filter(Exists(decisions)).order_by("username")
        self.fields["user"].queryset = people
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "min": EARLIEST, "max": LATEST}
            )

    def clean_last(self) -> date:
        return self.cleaned_data["last"] or timezone.localdate()

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if self.errors:
            return
        first = self.cleaned_data["first"] = first or last - timedelta(days=DAYS_SHOWN - 1)
        if not EARLIEST <= first <= last <= LATEST:
            raise forms.ValidationError("The first day comes after the last, or is long ago.")
        if (last - first).days >= MOST_DAYS:
            raise forms.ValidationError(f"Choose at most {MOST_DAYS} days.")
        self.data = {**self.data.dict(), "first": first, "last": last}  # the form shows what is counted


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking what people typed for a formula."""
    text = printable(text)
    return f"'{text}" if RUNS.match(text) else text


def printable(text: str) -> str:
    return UNSEEN.sub("", text)


class DecisionReport(ModeratorView, ReportView):
    """
    Who decided what, and how long comments had waited. No address and no reader's words.

    Moderators see it: each of these decisions stands with its name on their desk already.
    """

    page_title = "Comment decisions"
    template_name = "blog/comments/admin/decisions.html"
    index_url_name = "blog_comments:decisions"
    export_headings = {
        "at": "Decided at",
        "comment": "Comment",
        "page": "Page",
        "before": "Before",
        "after": "After",
        "actor": "Made by",
        "moderator": "Moderator",
        "waited": "Seconds waited",
    }
    list_export = tuple(export_headings)
    show_export_buttons = False  # those of Wagtail need a script; the page has links
    custom_field_preprocess = {"at": {"csv": "{:%Y-%m-%d %H:%M:%S}".format}}
    custom_value_preprocess = {str: {"csv": harmless, "xlsx": printable}}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecisionsForm(request.GET)
        if not form.is_valid():
            self.is_export, self.object_list = False, Decision.objects.none()
            return self.render_to_response(self.get_context_data(form=form), status=400)
        self.object_list = figures.decided(**form.cleaned_data)
        if self.is_export:
            return self.download(request.GET["export"])
        return self.render_to_response(self.get_context_data(form=form, **sums(self.object_list, form)))

    def download(self, kind: str) -> HttpResponse:
        """A CSV leaves while it is read; a workbook has to be made first, so it has an end."""
        if kind == self.FORMAT_XLSX and self.object_list.count() > MOST_IN_WORKBOOK:
            words = f"A workbook holds {MOST_IN_WORKBOOK:,} decisions. Choose fewer days, or take the CSV."
            return HttpResponse(words, status=400, content_type="text/plain")
        return self.as_spreadsheet(rows(self.object_list), kind)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        return {**context, "rows": list(rows(context["object_list"]))}

    def get_filename(self) -> str:
        return f"comment-decisions-{timezone.localdate()}"

    def to_row_dict(self, item: dict[str, Any]) -> dict[str, Any]:
        return {name: item[name] for name in self.list_export}


def sums(found: QuerySet[Decision], form: DecisionsForm) -> dict[str, Any]:
    report = figures.added_up(found, form.cleaned_data["first"], form.cleaned_data["last"])
    return {
        "total": report.total,
        "people": report.people,
        "days": [(day, line) for day, line in report.days if line.number],
        "outcomes": Status.choices,
        "chart": chart(report.days),
        "fits_workbook": report.total.number <= MOST_IN_WORKBOOK,
    }


def chart(days: list[tuple[date, figures.Figures]]) -> dict[str, Any]:
    """Return bars for a picture of 100 by 100: a day each, the highest as high as the picture."""
    most, width = max(line.number for _, line in days), 100 / len(days)
    bars = [
        {"x": place * width, "width": width * 0.8, "y": 100 - height, "height": height}
        for place, (_, line) in enumerate(days)
        if (height := 100 * line.number / max(most, 1))
    ]
    return {"first": days[0][0], "last": days[-1][0], "most": most, "bars": bars}


def rows(found: QuerySet[Decision]) -> Iterator[dict[str, Any]]:
    """Return the decisions as they are told on the page and in a file, read one after the other."""
    zone = timezone.get_current_timezone()  # a file is written when the request is over
    return (row(zone, *told) for told in found.values_list(*COLUMNS).iterator())


def row(
    zone: tzinfo,
    at: datetime,
    comment: int | None,
    page: str | None,
    before: str,
    after: str,
    actor: str,
    moderator: str | None,
    waited: int | None,
) -> dict[str, Any]:
    return {
        "at": at.astimezone(zone).replace(tzinfo=None),
        "comment": comment or "deleted since",
        "page": page or "",
        "before": STATES.get(before, ""),
        "after": STATES[after],
        "actor": ACTORS[actor],
        "moderator": moderator or "",
        "waited": waited,
        "deleted": comment is None,
        "spelt": figures.spelt(waited),
    }

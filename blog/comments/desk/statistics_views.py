"""The report "Comment decisions", in Wagtail's menu of reports and at ``/admin/comments/decisions/``."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.reports import ReportView

from blog.comments.desk import figures
from blog.comments.desk.views import ModeratorView
from blog.comments.models import Decision
from blog.comments.states import Actor, Status
from cms.credentials.staff import Staff

DAYS_SHOWN, MOST_DAYS = 30, 366
MOST_IN_WORKBOOK = 20_000
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
WRONG_ORDER = _("The first day must not be after the last, nor before the year 2000.")
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


class DecisionsForm(forms.Form):
    """Which decisions. An empty field excludes nothing; without days, the last thirty."""

    first = forms.DateField(label=_("From"), required=False)
    last = forms.DateField(label=_("To"), required=False)
    user = forms.ModelChoiceField(
        label=_("Moderator"),
        queryset=Staff.objects.filter(Exists(Decision.objects.filter(user=OuterRef("pk")))).order_by(
            "username"
        ),
        required=False,
        empty_label=_("Anyone"),
    )
    to = forms.ChoiceField(label=_("Decision"), choices=[("", _("Any")), *Status.choices], required=False)
    actor = forms.ChoiceField(
        label=_("Made by"), choices=[("", _("Anything")), *Actor.choices], required=False
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "min": EARLIEST, "max": LATEST}
            )

    def clean_last(self) -> date:
        return self.cleaned_data["last"] or timezone.localdate()

    def clean(self) -> None:
        if self.errors:
            return
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        if EARLIEST <= last <= LATEST and not first:
            first = self.cleaned_data["first"] = last - timedelta(days=DAYS_SHOWN - 1)
        if not (first and EARLIEST <= first <= last <= LATEST):
            raise forms.ValidationError(WRONG_ORDER)
        if (last - first).days >= MOST_DAYS:
            few = ngettext("Choose at most %(most)s day.", "Choose at most %(most)s days.", MOST_DAYS)
            raise forms.ValidationError(few, params={"most": MOST_DAYS})
        self.data = {
            **dict(self.data.items()),
            "first": first,
            "last": last,
        }  # the form shows what is counted


class DecisionStatistics(ModeratorView, ReportView):
    """
    Who decided what, and how long comments had waited. No address and no reader's words.

    Moderators may see it: their desk already names who made each of these decisions.
    """

    page_title = _("Comment decisions")
    template_name = "blog/comments/admin/decisions.html"
    index_url_name = "blog_comments:decisions"
    export_headings: Any = {  # Wagtail brings no types
        "at": _("Decided at"),
        "comment": _("Comment"),
        "page": _("Page"),
        "before": _("Before"),
        "after": _("After"),
        "actor": _("Made by"),
        "moderator": _("Moderator"),
        "waited": _("Seconds waited"),
    }
    list_export = tuple(export_headings)
    show_export_buttons = False  # those of Wagtail need a script; the page has links
    custom_field_preprocess = {"at": {"csv": "{:%Y-%m-%d %H:%M:%S}".format}}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecisionsForm(request.GET)
        if not form.is_valid():
            self.is_export, self.object_list = False, Decision.objects.none()
            return self.render_to_response(self.get_context_data(form=form), status=400)
        self.object_list = figures.decided(**form.cleaned_data)
        if self.is_export:
            return self.download(request.GET["export"])
        return self.render_to_response(self.get_context_data(form=form, **totals(self.object_list, form)))

    def download(self, kind: str) -> HttpResponse:
        """A CSV is streamed; a workbook must be built first, so its size is limited."""
        if kind == self.FORMAT_XLSX and self.object_list.count() > MOST_IN_WORKBOOK:
            words = ngettext(
                "A workbook holds %(most)s decision. Choose fewer days, or take the CSV.",
                "A workbook holds %(most)s decisions. Choose fewer days, or take the CSV.",
                MOST_IN_WORKBOOK,
            )
            most = number_format(MOST_IN_WORKBOOK, force_grouping=True)
            return HttpResponse(words % {"most": most}, status=400, content_type="text/plain")
        # a file is written when the request, and its language, are over
        self.export_headings = {name: str(heading) for name, heading in self.export_headings.items()}
        return self.as_spreadsheet(rows(self.object_list), kind)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        return {**context, "rows": list(rows(context["object_list"]))}

    def get_filename(self) -> str:
        return f"comment-decisions-{timezone.localdate()}"

    def to_row_dict(self, item: dict[str, Any]) -> dict[str, Any]:
        return {name: item[name] for name in self.list_export}


def totals(found: QuerySet[Decision], form: DecisionsForm) -> dict[str, Any]:
    sums = figures.add_up(found, form.cleaned_data["first"], form.cleaned_data["last"])
    return {
        "total": sums.total,
        "people": sums.people,
        "days": [(day, line) for day, line in sums.days if line.number],
        "outcomes": Status.choices,
        "chart": chart(sums.days),
        "fits_workbook": sums.total.number <= MOST_IN_WORKBOOK,
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
    """Return the decisions as the page and the files list them, read one after the other."""
    zone, words = timezone.get_current_timezone(), _words()  # a file is written when the request is over
    return (row(zone, words, *values) for values in found.values_list(*COLUMNS).iterator())


def _words() -> dict[str, str]:
    """Return the words of rows in the language of the request."""
    states, actors = Status.choices, Actor.choices
    return {**{value: str(label) for value, label in (*states, *actors)}, "deleted": gettext("deleted since")}


def row(
    zone: tzinfo,
    words: dict[str, str],
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
        "comment": comment or words["deleted"],
        "page": page or "",
        "before": words.get(before, ""),
        "after": words[after],
        "actor": words[actor],
        "moderator": moderator or "",
        "waited": waited,
        "deleted": comment is None,
        "spelt": figures.spelt(waited),
    }

"""What a list of comments is narrowed to: one filter for the desk, its acts, the API and the command."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import BigAutoField
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from blog.comments.rules import names
from blog.comments.rules.verdicts import WORDS, Reason
from blog.comments.states import EVERY, REPORTED, Status
from cms.reading import public_pages
from cms.text.fields import TypedField

TABS = (*Status.values, REPORTED, EVERY)
LONGEST_SEARCH = 200
LONGEST_SLUG = 255
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
EDIT = "edit"
REASONS = {
    **{
        reason.value: WORDS[reason]
        for reason in (
            Reason.BANNED,
            Reason.HOLD_WORDS,
            Reason.LINKS,
            Reason.TOO_FAST,
            Reason.NOT_YET_TRUSTED,
            Reason.HOLD_ALL,
            Reason.RULE_FAILED,
            Reason.HONEYPOT,
            Reason.SPAM_WORDS,
            Reason.REFUSED,
        )
    },
    EDIT: _("Edited by its author"),
}
NO_ADDRESS_HERE = _(
    "Email addresses cannot be part of a link. A privacy officer can search for the full address at the desk."
)
NO_SUCH_REASON = _("Choose a reason from the list.")
NO_SUCH_DATE = _("Enter a date such as 2026-11-24.")
NO_SUCH_PERSON = _("There is no such person.")
LATER_FIRST = _("Enter a date that is not before the first one.")


@dataclass(frozen=True, slots=True)
class Filter:
    """
    ``status`` is one of TABS, ``person`` the id of a reader: no address is ever part of a filter.

    ``post`` is a slug or an id as it was asked for, ``pages`` the ids of the pages it matches, in any state.
    """

    status: str = Status.PENDING.value
    words: str = ""
    post: str = ""
    reason: str = ""
    since: date | None = None
    until: date | None = None
    person: int | None = None
    pages: tuple[int, ...] = ()

    @property
    def oldest_first(self) -> bool:
        return self.status == Status.PENDING

    @property
    def narrowed(self) -> bool:
        """Whether it asks for more than a tab."""
        return self != Filter(status=self.status)

    @property
    def query(self) -> str:
        """The filter as a query string."""
        asked = {
            "status": self.status,
            "q": self.words,
            "post": self.post,
            "reason": self.reason,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "person": self.person,
        }
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def in_words(self) -> list[str]:
        """What it asks for besides a tab, for a moderator about to act on every match."""
        asked = (
            (gettext("containing “%(words)s”"), "words", self.words),
            (gettext("on the post %(post)s"), "post", self.post),
            (gettext("with the reason “%(reason)s”"), "reason", REASONS.get(self.reason)),
            (gettext("from %(day)s"), "day", self.since),
            (gettext("to %(day)s"), "day", self.until),
            (gettext("by one person"), "person", self.person),
        )
        return [words % {name: value} for words, name, value in asked if value]

    def but(self, **changes: Any) -> "Filter":
        return replace(self, **changes)


class DayField(forms.DateField):
    """A day as browsers send it, of this millennium: others overflow when they are given a time zone."""

    input_formats = ("%Y-%m-%d",)
    default_error_messages = {"invalid": NO_SUCH_DATE}
    default_validators = [
        MinValueValidator(FIRST_DAY, NO_SUCH_DATE),
        MaxValueValidator(LAST_DAY, NO_SUCH_DATE),
    ]


class FilterForm(forms.Form):
    """A filter as it is asked for. An unknown tab becomes the first; other mistakes are errors."""

    status = forms.CharField(required=False)
    q = TypedField(required=False, max_length=LONGEST_SEARCH)
    post = TypedField(required=False, max_length=LONGEST_SLUG)
    reason = forms.ChoiceField(
        required=False, choices=list(REASONS.items()), error_messages={"invalid_choice": NO_SUCH_REASON}
    )
    since = DayField(required=False)
    until = DayField(required=False)
    person = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=BigAutoField.MAX_BIGINT,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NO_SUCH_PERSON),
    )

    def clean_status(self) -> str:
        status = self.cleaned_data["status"]
        return status if status in TABS else Status.PENDING.value

    def clean_q(self) -> str:
        """Refuse an email address: the words go into a URL, which histories and logs keep."""
        words = self.cleaned_data["q"]
        if names.is_address(words):
            raise ValidationError(NO_ADDRESS_HERE, code="address")
        return words

    def clean(self) -> dict[str, Any]:
        super().clean()
        asked = self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", LATER_FIRST)
        return asked

    @property
    def typed(self) -> dict[str, str]:
        """What was asked for, to be shown again; but of an address, nothing."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        return typed | ({"q": ""} if self.has_error("q", "address") else {})

    @property
    def filter(self) -> Filter:
        """The filter, of a form that is valid. One query where a post is named."""
        asked = dict(self.cleaned_data)
        return Filter(words=asked.pop("q"), pages=_named(asked["post"]), **asked)


def _named(post: str) -> tuple[int, ...]:
    """Return the pages with a slug, else the one with an id; in whatever state, on whichever site."""
    pages = Page.objects.order_by().only("pk")
    return tuple(page.pk for page in public_pages.named(pages, post)) if post else ()

"""What a list of comments is narrowed to: one filter for the desk, its acts, the API and the command."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import BigAutoField, Q
from django.utils.http import urlencode
from wagtail.models import Page

from blog.comments import names
from blog.comments.forms import TypedField
from blog.comments.rules import Reason
from blog.comments.states import EVERY, REPORTED, Status

TABS = (*Status.values, REPORTED, EVERY)
LONGEST_SEARCH = 200
LONGEST_SLUG = 255
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
EDIT = "edit"
REASONS = {
    **{
        reason.value: reason.words
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
    EDIT: "Edited by its author",
}
NO_ADDRESS_HERE = "An address goes into no web address: search for it at the desk, whole and alone."
NO_SUCH_REASON = "Choose a reason from the list."
NO_SUCH_DATE = "Enter a date such as 2026-11-24."
NO_SUCH_PERSON = "There is no such person."
LATER_FIRST = "Enter a date that is not before the first one."


@dataclass(frozen=True, slots=True)
class Filter:
    """
    ``status`` is one of TABS, ``person`` the id of a reader: no address is ever part of a filter.

    ``post`` is an id or a slug as it was asked for, ``pages`` the ids it stands for, in whatever state.
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
        """The filter as it stands in a web address."""
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
        """What it asks for besides a tab, for whoever is about to act on all of it."""
        asked = {
            f"that say “{self.words}”": self.words,
            f"on the post {self.post}": self.post,
            f"with the reason “{REASONS.get(self.reason)}”": self.reason,
            f"from {self.since}": self.since,
            f"to {self.until}": self.until,
            "by one person": self.person,
        }
        return [words for words, value in asked.items() if value]

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
    """A filter as somebody asks for it. A tab that is not there is the first; what else is wrong is said."""

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
        """What stands here goes into a web address, where histories and logs keep it."""
        words = self.cleaned_data["q"]
        if names.is_address(words):
            raise ValidationError(NO_ADDRESS_HERE, code="address")
        return words

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
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
    """Return the pages with an id or a slug."""
    if not post:
        return ()
    named = Q(slug=post)
    if post.isascii() and post.isdigit() and len(post) < len(str(BigAutoField.MAX_BIGINT)):
        named |= Q(pk=int(post))
    return tuple(Page.objects.filter(named).order_by().values_list("pk", flat=True))

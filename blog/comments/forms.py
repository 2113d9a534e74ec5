"""What a reader may type, and its shape. Whether it is held is not decided here."""

import time
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import BigAutoField
from django_comments_xtd.forms import XtdCommentForm
from wagtail.models import Page

from blog.comments import names, policy, text
from blog.comments.models import ReaderComment
from blog.comments.phrases import Refusal
from blog.comments.reports import Report
from blog.comments.states import Ban
from blog.comments.submissions import Submission

SIGNED = ("content_type", "object_pk", "timestamp", "security_hash")
LONGEST_NAME = 50
LONGEST_COMMENT = 5000
LONGEST_ADDRESS = 254
LONGEST_REPORT = 500
LONGEST_REASON = 500
UNREADABLE = "Remove the characters that cannot be shown."
NO_SUCH_COMMENT = (
    "The comment you are replying to is no longer there. Your words are below; send them on their own."
)
THREAD_IS_FULL = "This thread takes no more replies. Your words are below; send them on their own."
EXPIRED = "This page was open for a long time. Your words are below; send them again."

ENTER_COMMENT = "Enter your comment"
CHOOSE_REASON = "Choose what is wrong with the comment"
ENTER_NAME = "Enter your name"
NAME_IS_ADDRESS = "Enter a name, not an email address. Your name is published."
NAME_IS_STAFF = "Choose another name. This one belongs to a member of staff."
ENTER_ADDRESS = "Enter your email address"
ENTER_ADDRESS_FOR_REPLIES = "Enter your email address, or untick the email about replies"
ADDRESS_FORMAT = "Enter an email address in the correct format, like name@example.com"


def _at_most(what: str, limit: int) -> str:
    return f"Your {what} must be {limit:,} characters or less"


class TypedField(forms.CharField):
    """A CharField whose value is normalised; control characters are dropped, a NUL is an error."""

    def __init__(self, *, clean_with: Any = text.single_line, **kwargs: Any) -> None:
        self.clean_with = clean_with
        super().__init__(strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        try:
            return self.clean_with(super().to_python(value))
        except text.UnreadableTextError as error:
            raise ValidationError(UNREADABLE, code="unreadable") from error


class AddressField(forms.CharField):
    """An e-mail address. No control character is forgiven here: an address goes into mail headers."""

    default_validators = [EmailValidator(ADDRESS_FORMAT)]

    def to_python(self, value: Any) -> str:
        value = super().to_python(value)
        if not value.isprintable():
            raise ValidationError(ADDRESS_FORMAT, code="invalid")
        return value


class ReplyField(forms.IntegerField):
    """The id of the comment that is answered; empty, absent and 0 are none."""

    def __init__(self, **kwargs: Any) -> None:
        unknown = dict.fromkeys(("invalid", "min_value", "max_value"), NO_SUCH_COMMENT)
        most = BigAutoField.MAX_BIGINT
        super().__init__(required=False, min_value=0, max_value=most, error_messages=unknown, **kwargs)

    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


def _words_field() -> TypedField:
    return TypedField(
        label="Your comment",
        clean_with=text.normalise,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages={"required": ENTER_COMMENT, "max_length": _at_most("comment", LONGEST_COMMENT)},
    )


class CommentForm(XtdCommentForm):
    """
    The one form of a post page, and the check of the API's body (``signed=False``: no page was rendered).

    The security hash binds a form to its page and says when it was made. A filled honeypot and a form
    sent too fast are no errors: they are kept, and the rules say where they go.
    """

    comment = _words_field()
    name = TypedField(
        label="Name",
        help_text="Shown with your comment. A first name is fine.",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": ENTER_NAME, "max_length": _at_most("name", LONGEST_NAME)},
    )
    email = AddressField(
        label="Email address",
        help_text="Your email address will not be published.",
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={"required": ENTER_ADDRESS, "max_length": _at_most("email address", LONGEST_ADDRESS)},
    )
    notify = forms.BooleanField(required=False, label="Email me when someone replies")
    reply_to = ReplyField(widget=forms.HiddenInput, initial=0)
    url = followup = None
    field_order = ("comment", "name", "email", "notify")

    def __init__(
        self,
        page: Page,
        *args: Any,
        signed: bool = True,
        terms: policy.Policy | None = None,
        **kwargs: Any,
    ) -> None:
        # past the one of django-comments-xtd, which dresses fields that are not here
        super(XtdCommentForm, self).__init__(page, *args, **kwargs)
        self.page = page
        self.terms = terms or policy.of(page)
        if not self.terms.require_address:
            self.fields["email"].required = False
            self.fields["email"].label = "Email address (optional)"
        if not signed:
            for name in SIGNED:
                del self.fields[name]

    def clean_honeypot(self) -> str:
        """Keep what was typed; the rules judge it."""
        return self.cleaned_data["honeypot"]

    def clean_name(self) -> str:
        """Refuse what its owner would not want published, and what is somebody else's."""
        name = self.cleaned_data["name"]
        if names.is_address(name):
            raise ValidationError(NAME_IS_ADDRESS, code="address")
        if names.is_of_staff(name):
            raise ValidationError(NAME_IS_STAFF, code="staff")
        return name

    def clean_reply_to(self) -> int:
        """Refuse an answer to what a visitor cannot see on this page, and one too deep in its thread."""
        target = self.cleaned_data["reply_to"]
        if not target:
            return target
        answered = ReaderComment.objects.approved().on(self.page).filter(pk=target).first()
        if answered is None:
            raise ValidationError(NO_SUCH_COMMENT, code="reply_to")
        if not self.terms.takes_replies_to(answered.level):
            raise ValidationError(THREAD_IS_FULL, code="thread_is_full")
        return target

    def clean(self) -> dict[str, Any]:
        """Say once, in words, that the hidden part of the form is out of date; the next one is fresh."""
        cleaned = super(XtdCommentForm, self).clean()
        if cleaned.get("notify") and cleaned.get("email") == "":
            self.add_error("email", ValidationError(ENTER_ADDRESS_FOR_REPLIES, code="required"))
        if "timestamp" in self.fields and not self._is_of_this_page():
            for name in SIGNED:
                self.errors.pop(name, None)
            self.add_error(None, ValidationError(EXPIRED, code="expired"))
        return cleaned

    def _is_of_this_page(self) -> bool:
        made_for = self.data.get("content_type"), self.data.get("object_pk")
        here = str(self.page._meta), str(self.page.pk)
        return made_for == here and not set(SIGNED) & set(self.errors)

    def submission(self, *, client: str, idempotency_key: str = "", proofs: Sequence[str] = ()) -> Submission:
        """Return what was sent, ready for ``actions.submit``. The form is valid."""
        sent = self.cleaned_data
        return Submission(
            page=self.page,
            name=sent["name"],
            address=sent["email"],
            text=sent["comment"],
            notify=sent["notify"],
            reply_to_id=sent["reply_to"] or None,
            honeypot_filled=bool(sent["honeypot"]),
            seconds_open=time.time() - sent["timestamp"] if "timestamp" in sent else None,
            idempotency_key=idempotency_key,
            proofs=tuple(proofs),
            client=client,
        )


class WordsForm(forms.Form):
    """The words of a comment alone, as their author changes them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"] = _words_field()


class CaseForm(forms.Form):
    """What the forms of one comment's page on the desk send beside words."""

    version = forms.IntegerField(min_value=1, max_value=10**8)
    refusal = forms.ModelChoiceField(Refusal.objects.all(), required=False)
    sure = forms.BooleanField(required=False)
    reveal = forms.BooleanField(required=False)
    note = TypedField(required=False, max_length=500)
    ban = forms.ChoiceField(choices=Ban.choices, required=False)
    lift = forms.BooleanField(required=False)


class ReportForm(forms.Form):
    """Why a comment should not be there."""

    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_REASON, "invalid_choice": CHOOSE_REASON},
    )
    words = TypedField(
        label="Anything we should know (optional)",
        required=False,
        clean_with=text.normalise,
        max_length=LONGEST_REPORT,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"max_length": _at_most("report", LONGEST_REPORT)},
    )


class ReasonForm(forms.Form):
    """Why a moderator decides as he does, in his own words."""

    reason = TypedField(
        required=False,
        max_length=LONGEST_REASON,
        error_messages={"max_length": _at_most("reason", LONGEST_REASON)},
    )

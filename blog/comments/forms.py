"""What a reader may type, and its shape. Whether it is held is not decided here."""

import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import BigAutoField
from django_comments_xtd.forms import XtdCommentForm
from wagtail.models import Page

from blog.comments import text
from blog.comments.models import ReaderComment
from blog.comments.submissions import Submission

SIGNED = ("content_type", "object_pk", "timestamp", "security_hash")
LONGEST_NAME = 50
LONGEST_COMMENT = 5000
LONGEST_ADDRESS = 254
UNREADABLE = "Remove the characters that cannot be shown."
NO_SUCH_COMMENT = (
    "The comment you are replying to is no longer there. Your words are below; send them on their own."
)
EXPIRED = "This page was open for a long time. Your words are below; send them again."

ENTER_COMMENT = "Enter your comment"
ENTER_NAME = "Enter your name"
ENTER_ADDRESS = "Enter your email address"
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


class CommentForm(XtdCommentForm):
    """
    The one form of a post page, and the check of the API's body (``signed=False``: no page was rendered).

    The security hash binds a form to its page and says when it was made. A filled honeypot and a form
    sent too fast are no errors: they are kept, and the rules say where they go.
    """

    field_order = ("comment", "name", "email", "notify")

    def __init__(self, page: Page, *args: Any, signed: bool = True, **kwargs: Any) -> None:
        super().__init__(page, *args, **kwargs)
        self.page = page
        del self.fields["url"], self.fields["followup"]
        self.fields.update(_visible_fields())
        self.fields["reply_to"] = ReplyField(
            widget=forms.HiddenInput, initial=self.initial.get("reply_to", 0)
        )
        if not signed:
            for name in SIGNED:
                del self.fields[name]
        self.order_fields(self.field_order)

    def clean_honeypot(self) -> str:
        """Keep what was typed; the rules judge it."""
        return self.cleaned_data["honeypot"]

    def clean_reply_to(self) -> int:
        """Refuse an answer to anything but a comment a visitor can see on this page."""
        target = self.cleaned_data["reply_to"]
        if target and not ReaderComment.objects.approved().on(self.page).filter(pk=target).exists():
            raise ValidationError(NO_SUCH_COMMENT, code="reply_to")
        return target

    def clean(self) -> dict[str, Any]:
        """Say once, in words, that the hidden part of the form is out of date; the next one is fresh."""
        cleaned = super(XtdCommentForm, self).clean()
        if "timestamp" in self.fields and not self._is_of_this_page():
            for name in SIGNED:
                self.errors.pop(name, None)
            self.add_error(None, ValidationError(EXPIRED, code="expired"))
        return cleaned

    def _is_of_this_page(self) -> bool:
        made_for = self.data.get("content_type"), self.data.get("object_pk")
        here = str(self.page._meta), str(self.page.pk)
        return made_for == here and not set(SIGNED) & set(self.errors)

    def submission(self, *, client: str, idempotency_key: str = "") -> Submission:
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
            client=client,
        )


def _visible_fields() -> dict[str, forms.Field]:
    return {
        "comment": TypedField(
            label="Your comment",
            clean_with=text.normalise,
            max_length=LONGEST_COMMENT,
            widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
            error_messages={"required": ENTER_COMMENT, "max_length": _at_most("comment", LONGEST_COMMENT)},
        ),
        "name": TypedField(
            label="Name",
            help_text="Shown with your comment. A first name is fine.",
            max_length=LONGEST_NAME,
            widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
            error_messages={"required": ENTER_NAME, "max_length": _at_most("name", LONGEST_NAME)},
        ),
        "email": AddressField(
            label="Email address",
            help_text="Your email address will not be published.",
            max_length=LONGEST_ADDRESS,
            widget=forms.EmailInput(
                attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
            ),
            error_messages={
                "required": ENTER_ADDRESS,
                "max_length": _at_most("email address", LONGEST_ADDRESS),
            },
        ),
        "notify": forms.BooleanField(required=False, label="Email me when someone replies"),
    }

"""The forms readers send. Whether a comment is held is not decided here."""

import time
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BigAutoField
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_comments_xtd.forms import XtdCommentForm
from wagtail.models import Page

from blog.comments.models import ReaderComment, Report, names_of_staff
from blog.comments.moderation.submissions import Submission
from blog.comments.posting.script_words import ROOM_LEFT
from blog.comments.rules import names, policy
from cms.rate_limit.clients import Client
from cms.text import cleaning
from cms.text.fields import ENTER_ADDRESS, ENTER_NAME, LONGEST_ADDRESS, AddressField, TypedField, at_most

SIGNED = ("content_type", "object_pk", "timestamp", "security_hash")
LATEST_TIMESTAMP = 2**33  # in seconds; the year 2242
LONGEST_NAME = 50
LONGEST_COMMENT = 5000
LONGEST_REPORT = 500
NO_SUCH_COMMENT = _(
    "The comment you are replying to is no longer there. Your words are below; send them on their own."
)
THREAD_IS_FULL = _("This thread takes no more replies. Your words are below; send them on their own.")
EXPIRED = _("This page was open for a long time. Your words are below; send them again.")

ENTER_COMMENT = _("Enter your comment")
CHOOSE_REASON = _("Choose what is wrong with the comment")
NAME_IS_ADDRESS = _("Enter a name, not an email address. Your name is published.")
NAME_IS_STAFF = _("Choose another name. This one belongs to a member of staff.")
ENTER_ADDRESS_FOR_REPLIES = _("Enter your email address, or untick the email about replies")


COMMENT_TOO_LONG = at_most(_("Your comment must be %(most)s characters or less"), LONGEST_COMMENT)
NAME_TOO_LONG = at_most(_("Your name must be %(most)s characters or less"), LONGEST_NAME)
ADDRESS_TOO_LONG = at_most(_("Your email address must be %(most)s characters or less"), LONGEST_ADDRESS)
REPORT_TOO_LONG = at_most(_("Your report must be %(most)s characters or less"), LONGEST_REPORT)


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
        label=_("Your comment"),
        clean_with=cleaning.normalise,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", **ROOM_LEFT}),
        error_messages={"required": ENTER_COMMENT, "max_length": COMMENT_TOO_LONG},
    )


class CommentForm(XtdCommentForm):
    """
    The one form of a post page, and the check of the API's body (``signed=False``: no page was rendered).

    The security hash binds a form to its page and says when it was made. A filled honeypot and a form
    sent too fast are no errors: they are kept, and the rules say where they go.
    """

    comment = _words_field()
    timestamp = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LATEST_TIMESTAMP)
    name = TypedField(
        label=_("Name"),
        help_text=_("Shown with your comment. A first name is fine."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": ENTER_NAME, "max_length": NAME_TOO_LONG},
    )
    email = AddressField(
        label=_("Email address"),
        help_text=_("Your email address will not be published."),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={"required": ENTER_ADDRESS, "max_length": ADDRESS_TOO_LONG},
    )
    notify = forms.BooleanField(required=False, label=_("Email me when someone replies"))
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
        # past the one of django-comments-xtd, which sets up fields that are not here
        super(XtdCommentForm, self).__init__(page, *args, **kwargs)
        self.page = page
        self.terms = terms or policy.of(page)
        if not self.terms.require_address:
            self.fields["email"].required = False
            self.fields["email"].label = _("Email address (optional)")
        if not signed:
            for name in SIGNED:
                del self.fields[name]

    def clean_honeypot(self) -> str:
        """Keep what was typed; the rules judge it."""
        return self.cleaned_data["honeypot"]

    def clean_name(self) -> str:
        """Refuse an email address, and a name that belongs to a member of staff."""
        name = self.cleaned_data["name"]
        if names.is_address(name):
            raise ValidationError(NAME_IS_ADDRESS, code="address")
        if names.reads_like_one_of(name, names_of_staff()):
            raise ValidationError(NAME_IS_STAFF, code="staff")
        return name

    def clean_reply_to(self) -> int:
        """Refuse a reply to a comment that cannot be read on this page, and one too deep in its thread."""
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
        """Say once that the hidden part of the form is out of date; the form shown next has a new one."""
        cleaned = super(XtdCommentForm, self).clean()
        if cleaned.get("notify") and cleaned.get("email") == "":
            self.add_error("email", ValidationError(ENTER_ADDRESS_FOR_REPLIES, code="required"))
        if "timestamp" in self.fields and not self._is_of_this_page():
            for name in SIGNED:
                self.errors.pop(name, None)
            self.add_error(None, ValidationError(EXPIRED, code="expired"))
        return cleaned

    def generate_security_hash(self, content_type: str, object_pk: str, timestamp: str) -> str:
        """Return what the form's own does, by SHA-256 in place of SHA-1; the field takes 40 characters."""
        signed = "-".join((content_type, object_pk, timestamp))
        return salted_hmac("comment form", signed, algorithm="sha256").hexdigest()[:40]

    def _is_of_this_page(self) -> bool:
        made_for = self.data.get("content_type"), self.data.get("object_pk")
        here = str(self.page._meta), str(self.page.pk)
        return made_for == here and not set(SIGNED) & set(self.errors)

    def submission(
        self, *, client: Client, idempotency_key: str = "", proofs: Sequence[str] = ()
    ) -> Submission:
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
    """The text of a comment, as its author edits it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"] = _words_field()


class ReportForm(forms.Form):
    """Why a reader reports a comment."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_REASON, "invalid_choice": CHOOSE_REASON},
    )
    words = TypedField(
        label=_("Anything we should know (optional)"),
        required=False,
        clean_with=cleaning.normalise,
        max_length=LONGEST_REPORT,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", **ROOM_LEFT}),
        error_messages={"max_length": REPORT_TOO_LONG},
    )

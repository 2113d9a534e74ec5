"""The forms moderators send about comments and people."""

from typing import Any

from django import forms
from django.db.models import BigAutoField
from django.utils.translation import gettext_lazy as _

from blog.comments.models import DomainBan, Refusal, SavedReply
from blog.comments.posting.forms import at_most
from blog.comments.states import Ban, Status
from cms.text.fields import TypedField

LONGEST_NOTE = 500
LONGEST_REASON = 500
WRITE_NOTE = _("Write the note first")
NOTE_TOO_LONG = at_most(_("A note must be %(most)s characters or less"), LONGEST_NOTE)
REASON_TOO_LONG = at_most(_("Your reason must be %(most)s characters or less"), LONGEST_REASON)
ENTER_DOMAIN = _("Enter a domain, such as mail.example")


class CaseForm(forms.Form):
    """What the forms on one comment's page of the desk send besides text."""

    version = forms.IntegerField(min_value=1, max_value=10**8)
    refusal = forms.ModelChoiceField(Refusal.objects.all(), required=False)
    sure = forms.BooleanField(required=False)
    reveal = forms.BooleanField(required=False)
    note = TypedField(required=False, max_length=500)
    ban = forms.ChoiceField(choices=Ban.choices, required=False)
    lift = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """Why a moderator decides, in their own words."""

    reason = TypedField(
        required=False,
        max_length=LONGEST_REASON,
        error_messages={"max_length": REASON_TOO_LONG},
    )


class NoteForm(forms.Form):
    """A moderator's note about a person, for the others."""

    note = TypedField(
        label=_("A note for the other moderators"),
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": WRITE_NOTE, "max_length": NOTE_TOO_LONG},
    )


class BanForm(forms.Form):
    ban = forms.ChoiceField(label=_("What happens to their comments"), choices=Ban.choices)


class DomainBanForm(BanForm):
    domain = TypedField(
        label=_("Domain"),
        help_text=_("The part after the @, such as mail.example. Its subdomains are included."),
        max_length=253,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        error_messages={"required": ENTER_DOMAIN},
    )
    field_order = ("domain", "ban")


class LiftForm(forms.Form):
    banned = forms.ModelChoiceField(DomainBan.objects.all())


class PlaceForm(forms.Form):
    """The place in the list of a person's comments. Invalid values are ignored."""

    status = forms.ChoiceField(choices=Status.choices, required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=BigAutoField.MAX_BIGINT)

    def place(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PrefillForm(forms.Form):
    """Which saved reply to start from."""

    reply = forms.ModelChoiceField(SavedReply.objects.all(), required=False)

    def text(self) -> str:
        saved = self.cleaned_data["reply"] if self.is_valid() else None
        return saved.text if saved else ""

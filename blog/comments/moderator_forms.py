"""What a moderator may type about people, and its shape."""

from typing import Any

from django import forms
from django.db.models import BigAutoField

from blog.comments.bans import DomainBan
from blog.comments.forms import TypedField
from blog.comments.phrases import SavedReply
from blog.comments.states import Ban, Status

LONGEST_NOTE = 500
WRITE_NOTE = "Write the note first"
NOTE_TOO_LONG = f"A note must be {LONGEST_NOTE} characters or less"
ENTER_DOMAIN = "Enter a domain, such as mail.example"


class NoteForm(forms.Form):
    """What moderators tell each other about a person."""

    note = TypedField(
        label="A note for the other moderators",
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": WRITE_NOTE, "max_length": NOTE_TOO_LONG},
    )


class BanForm(forms.Form):
    ban = forms.ChoiceField(label="What becomes of the comments", choices=Ban.choices)


class DomainBanForm(BanForm):
    domain = TypedField(
        label="Domain",
        help_text="What stands behind the @, such as mail.example. It meets every domain below it too.",
        max_length=253,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        error_messages={"required": ENTER_DOMAIN},
    )
    field_order = ("domain", "ban")


class LiftForm(forms.Form):
    banned = forms.ModelChoiceField(DomainBan.objects.all())


class PlaceForm(forms.Form):
    """Where somebody is in the list of a person's comments. What nobody can ask for is not asked."""

    status = forms.ChoiceField(choices=Status.choices, required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=BigAutoField.MAX_BIGINT)

    def place(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PrefillForm(forms.Form):
    """Which saved reply shall stand in the field."""

    reply = forms.ModelChoiceField(SavedReply.objects.all(), required=False)

    def text(self) -> str:
        chosen = self.cleaned_data["reply"] if self.is_valid() else None
        return chosen.text if chosen else ""

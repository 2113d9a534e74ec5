from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.second_factor import codes, passkeys
from cms.second_factor.models import Passkey

NOT_SHOWN = _("This is not the code your app shows. Type the current one, and check the clock of your phone.")


class AnswerInput(forms.HiddenInput):
    """A passkey's answer: a page that comes back with an error does not repeat it."""

    def format_value(self, value: Any) -> None:
        return None


class NewAppForm(forms.Form):
    """The first code of a new app: it proves that the key has been read."""

    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=codes.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, sealed_key: bytes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sealed_key = sealed_key

    def clean_code(self) -> int:
        """Return the step of time of the code."""
        step = codes.step_of(self.sealed_key, "".join(self.cleaned_data["code"].split()))
        if step is None:
            raise ValidationError(NOT_SHOWN)
        return step


class NewPasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=Passkey._meta.get_field("name").max_length,
        help_text=_("To recognise it later: “Office laptop”, “Blue key”."),
    )
    credential = forms.CharField(max_length=passkeys.LONGEST, widget=AnswerInput, required=False)

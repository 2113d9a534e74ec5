from django import forms
from django.utils.translation import gettext_lazy as _

from cms.text.fields import ENTER_ADDRESS, LONGEST_ADDRESS, AddressField


def address_field() -> AddressField:
    """Return the field that every address came in by: no address is stored that it refuses."""
    return AddressField(
        label=_("Email address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": ENTER_ADDRESS},
    )


class KnownPersonForm(forms.Form):
    """What is asked about a person whose address is known."""

    keep_text = forms.BooleanField(
        required=False,
        label=_("Keep the text of comments"),
        help_text=_("It stays on the page, under the name “Deleted reader”."),
    )


class PersonForm(KnownPersonForm):
    email = address_field()
    field_order = ("email", "keep_text")

from django import forms

from blog.comments.forms import ENTER_ADDRESS, LONGEST_ADDRESS, AddressField


def address_field() -> AddressField:
    """The field every address came in by: what it refuses is kept of nobody."""
    return AddressField(
        label="Email address",
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": ENTER_ADDRESS},
    )


class KnownPersonForm(forms.Form):
    """What is asked of somebody whose address is known."""

    keep_text = forms.BooleanField(
        required=False,
        label="Keep the words of comments",
        help_text="They stay on the page, said by “Deleted reader”.",
    )


class PersonForm(KnownPersonForm):
    email = address_field()
    field_order = ("email", "keep_text")

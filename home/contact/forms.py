"""What a visitor may write to staff, and its shape."""

from dataclasses import dataclass
from typing import Any

from django import forms

from blog.comments import text
from blog.comments.forms import ENTER_ADDRESS, ENTER_NAME, LONGEST_ADDRESS, AddressField, TypedField
from cms import vault

LONGEST_NAME = 100
LONGEST_TELEPHONE = 40
LONGEST_MESSAGE = 5000


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as it was sent. ``fields`` are label and value of what else was filled in."""

    name: str
    address: str
    fields: tuple[tuple[str, str], ...]
    spam: bool = False

    def words_key(self, page_id: int) -> str:
        """Equal for the same words by the same person on the same page."""
        words = "\0".join(part for pair in self.fields for part in pair)
        return vault.keyed_digest(
            "message words", "\0".join((str(page_id), vault.index(self.address), self.name, words))
        )


class ContactForm(forms.Form):
    name = TypedField(
        label="Full name",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={
            "required": ENTER_NAME,
            "max_length": f"Your name must be {LONGEST_NAME} characters or less",
        },
    )
    email = AddressField(
        label="Email address",
        help_text="We only use this to reply to you.",
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": ENTER_ADDRESS,
            "max_length": f"Your email address must be {LONGEST_ADDRESS} characters or less",
        },
    )
    telephone = TypedField(
        label="Telephone number (optional)",
        required=False,
        max_length=LONGEST_TELEPHONE,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={
            "max_length": f"Your telephone number must be {LONGEST_TELEPHONE} characters or less"
        },
    )
    message = TypedField(
        label="Message",
        help_text="Do not include your health records or card details.",
        clean_with=text.normalise,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        error_messages={
            "required": "Enter your message",
            "max_length": f"Your message must be {LONGEST_MESSAGE:,} characters or less",
        },
    )
    honeypot = forms.CharField(required=False, label="Leave this field empty", max_length=200)

    def sent(self) -> SentMessage:
        """Return what was sent, ready for ``actions.submit``. The form is valid."""
        cleaned: dict[str, Any] = self.cleaned_data
        telephone = (("Telephone", cleaned["telephone"]),) if cleaned["telephone"] else ()
        return SentMessage(
            name=cleaned["name"],
            address=cleaned["email"],
            fields=(*telephone, ("Message", cleaned["message"])),
            spam=bool(cleaned["honeypot"]),
        )

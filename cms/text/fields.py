"""Form fields for what people type: cleaned, and bounded before anything slow is done with it."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cms.text import cleaning, mail_address
from cms.text.mail_address import AddressValidator

LONGEST_ADDRESS = 254
TIMES_THE_LIMIT = 4  # that a text may be long before it is cleaned: much of it may be no more than line ends
TOO_LONG = _("Use %(most)s characters or fewer.")
UNREADABLE = _("Remove the characters that cannot be shown.")
ENTER_NAME = _("Enter your name")
ENTER_ADDRESS = _("Enter your email address")
ADDRESS_FORMAT = mail_address.INVALID


def _with_limit(sentence: object, most: int) -> str:
    return str(sentence) % {"most": number_format(most, force_grouping=True)}


at_most = lazy(_with_limit, str)  # a sentence with ``%(most)s`` in it, worded when it is shown


class TypedField(forms.CharField):
    """A CharField whose value is cleaned, if it is not far too long; a NUL is an error."""

    max_length: int

    def __init__(self, *, clean_with: Any = cleaning.single_line, **kwargs: Any) -> None:
        self.clean_with = clean_with
        super().__init__(strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        value = super().to_python(value)
        if len(value) > TIMES_THE_LIMIT * self.max_length:
            too_long = self.error_messages.get("max_length", at_most(TOO_LONG, self.max_length))
            raise ValidationError(
                too_long, code="max_length", params={"limit_value": self.max_length, "show_value": len(value)}
            )
        try:
            return self.clean_with(value)
        except cleaning.UnreadableTextError as error:
            raise ValidationError(UNREADABLE, code="unreadable") from error


class AddressField(forms.CharField):
    """An e-mail address. No control character is forgiven here: an address goes into mail headers."""

    default_validators = [AddressValidator(ADDRESS_FORMAT)]

    def to_python(self, value: Any) -> str:
        value = super().to_python(value)
        if not value.isprintable():
            raise ValidationError(ADDRESS_FORMAT, code="invalid")
        return unicodedata.normalize("NFC", value[: 2 * LONGEST_ADDRESS])

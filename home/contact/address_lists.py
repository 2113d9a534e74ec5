"""Addresses of staff as they are typed: a list with commas."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.text.mail_address import AddressValidator

MOST_ADDRESSES = 10
LONGEST_LIST = 300
TOO_MANY = _("List at most %(most)s addresses.")
NO_ADDRESS = _("List email addresses like name@example.com, separated by commas.")


def addresses(listed: str) -> list[str]:
    """Return the addresses of a comma-separated list, each once."""
    return list(dict.fromkeys(part.strip() for part in listed.split(",") if part.strip()))


def validate_addresses(listed: str) -> None:
    """Raises ValidationError for a list that mail cannot be sent to."""
    each = addresses(listed)
    if len(each) > MOST_ADDRESSES:
        raise ValidationError(TOO_MANY, code="too_many", params={"most": MOST_ADDRESSES})
    for address in each:
        AddressValidator(NO_ADDRESS)(address)

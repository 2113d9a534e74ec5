"""To whom a message goes: the subject's own desk, else the page's, else the site's."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from wagtail import blocks
from wagtail.blocks import StreamValue

from home.contact.questions import keyed

MOST_ADDRESSES = 10
MOST_SUBJECTS = 30
LONGEST_LIST = 300
LONGEST_SUBJECT = 100
PREFIX = "subject_"
TOO_MANY = f"List {MOST_ADDRESSES} addresses or less."
NO_ADDRESS = "List email addresses like name@example.com, separated by commas."


def addresses(listed: str) -> list[str]:
    """Return the addresses of a comma-separated list, each once."""
    return list(dict.fromkeys(part.strip() for part in listed.split(",") if part.strip()))


def validate_addresses(listed: str) -> None:
    """Raises ValidationError for a list that no mail could go to."""
    found = addresses(listed)
    if len(found) > MOST_ADDRESSES:
        raise ValidationError(TOO_MANY, code="too_many")
    for address in found:
        EmailValidator(NO_ADDRESS)(address)
        if not address.isprintable():
            raise ValidationError(NO_ADDRESS, code="invalid")


class SubjectBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=LONGEST_SUBJECT, help_text="As the visitor reads it.")
    recipients = blocks.CharBlock(
        required=False,
        max_length=LONGEST_LIST,
        validators=[validate_addresses],
        help_text="Staff addresses, separated by commas. The page's recipients when empty.",
    )

    class Meta:
        icon = "tag"
        label_format = "{name}"


class SubjectStream(blocks.StreamBlock):
    subject = SubjectBlock()

    class Meta:
        max_num = MOST_SUBJECTS
        required = False

    def clean(self, value: StreamValue) -> StreamValue:
        """Refuse two subjects of one name: the visitor could not tell them apart."""
        cleaned = super().clean(value)
        names = [child.value["name"].casefold() for child in cleaned]
        twice = {place for place, name in enumerate(names) if name in names[:place]}
        if twice:
            same = ValidationError("There is a subject of this name already.")
            raise blocks.StreamBlockValidationError(block_errors=dict.fromkeys(twice, same))
        return cleaned


def by_key(subjects: StreamValue) -> dict[str, blocks.StructValue]:
    """Return the subjects by what the form sends for each: it stays the same when one is renamed or moved."""
    return {key: child.value for key, child in keyed(PREFIX, subjects).items()}

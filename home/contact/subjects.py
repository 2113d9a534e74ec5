"""Who receives a message: the recipients of its subject, else of the page, else of the site."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StreamValue

from home.contact.address_lists import LONGEST_LIST, validate_addresses
from home.contact.questions import keyed

MOST_SUBJECTS = 30
LONGEST_SUBJECT = 100
PREFIX = "subject_"


class SubjectBlock(blocks.StructBlock):
    name = blocks.CharBlock(
        label=_("Name"), max_length=LONGEST_SUBJECT, help_text=_("As the visitor reads it.")
    )
    recipients = blocks.CharBlock(
        label=_("Recipients"),
        required=False,
        max_length=LONGEST_LIST,
        validators=[validate_addresses],
        help_text=_("Staff addresses, separated by commas. The page's recipients when empty."),
    )

    class Meta:
        icon = "tag"
        label_format = "{name}"


class SubjectStream(blocks.StreamBlock):
    subject = SubjectBlock(label=_("Subject"))

    class Meta:
        max_num = MOST_SUBJECTS
        required = False

    def clean(self, value: StreamValue) -> StreamValue:
        """Refuse two subjects with the same name: visitors could not tell them apart."""
        cleaned = super().clean(value)
        names = [child.value["name"].casefold() for child in cleaned]
        twice = {place for place, name in enumerate(names) if name in names[:place]}
        if twice:
            same = ValidationError(_("There is already a subject with this name."))
            raise blocks.StreamBlockValidationError(block_errors=dict.fromkeys(twice, same))
        return cleaned


def by_key(subjects: StreamValue) -> dict[str, blocks.StructValue]:
    """Return the subjects by the value the form sends: it stays the same when one is renamed or moved."""
    return {key: child.value for key, child in keyed(PREFIX, subjects).items()}

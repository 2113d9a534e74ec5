"""What a visitor may write to staff, and its shape."""

import time
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue

from blog.comments.posting.script_words import ROOM_LEFT
from cms.text import cleaning
from cms.text.fields import (
    ENTER_ADDRESS,
    ENTER_NAME,
    LONGEST_ADDRESS,
    AddressField,
    TypedField,
    at_most,
)
from home.contact import address_lists, file_kinds, labels, questions, subjects
from home.contact.sent import SentFile, SentMessage
from home.contact.site_settings import MessageSettings

LONGEST_NAME = 100
LONGEST_TELEPHONE = 40
LONGEST_MESSAGE = 5000
LONGEST_NOTE = 1000
SEAL_GOOD_FOR = 7 * 24 * 60 * 60  # seconds; a cached page carries it too
FILES_HELP = _("Up to %(most)s files of 5 MB each: PDF, PNG, JPEG, WebP, plain text.")
TOO_MANY = _("Choose at most %(most)s files")
TOO_LARGE = _("“%(name)s” must be 5 MB or smaller")
WRONG_KIND = _("“%(name)s” must be a PDF, PNG, JPEG, WebP, plain text file")
CHOOSE_SUBJECT = _("Choose what your message is about")


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few files of accepted kinds, each recognised by its bytes."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label=_("Files (optional)"),
            help_text=at_most(FILES_HELP, file_kinds.MOST_FILES),
            widget=FilesInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.txt"}),
        )

    def clean(self, value: list[UploadedFile], initial: Any = None) -> list[SentFile]:
        sent = [file for file in value or () if file]
        if len(sent) > file_kinds.MOST_FILES:
            raise ValidationError(TOO_MANY, code="too_many", params={"most": file_kinds.MOST_FILES})
        return [_checked(file) for file in sent]


class Asks(Protocol):
    """A page with a contact form."""

    pk: Any
    url_path: str
    ask_telephone: bool
    subjects: StreamValue
    questions: StreamValue


class ContactForm(forms.Form):
    """
    The form of one contact page, and the check of the API's body (``sealed=False``: no page was rendered).

    The seal says for which page a form was rendered, and when. A bad seal, a filled honeypot or a form sent
    too fast is not an error: the message is stored, and marked.
    """

    name = TypedField(
        label=_("Full name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={
            "required": ENTER_NAME,
            "max_length": at_most(_("Your name must be %(most)s characters or less"), LONGEST_NAME),
        },
    )
    email = AddressField(
        label=_("Email address"),
        help_text=_("We only use this to reply to you."),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": ENTER_ADDRESS,
            "max_length": at_most(
                _("Your email address must be %(most)s characters or less"), LONGEST_ADDRESS
            ),
        },
    )
    telephone = TypedField(
        label=_("Telephone number (optional)"),
        required=False,
        max_length=LONGEST_TELEPHONE,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={
            "max_length": at_most(
                _("Your telephone number must be %(most)s characters or less"), LONGEST_TELEPHONE
            )
        },
    )
    message = TypedField(
        label=_("Message"),
        help_text=_("Do not include your health records or card details."),
        clean_with=cleaning.normalise,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", **ROOM_LEFT}),
        error_messages={
            "required": _("Enter your message"),
            "max_length": at_most(_("Your message must be %(most)s characters or less"), LONGEST_MESSAGE),
        },
    )
    honeypot = forms.CharField(required=False, label=_("Leave this field empty"), max_length=200)

    def __init__(self, page: Asks, *args: Any, sealed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.sealed = page, sealed
        self.question_blocks = questions.by_key(page.questions)
        self.subjects = subjects.by_key(page.subjects)
        if not page.ask_telephone:
            del self.fields["telephone"]
        if self.subjects:
            self.fields["subject"] = _subject_field(self.subjects)
        terms = MessageSettings.of(page)
        if terms.offer_copy:
            self.fields["send_copy"] = _copy_field()
        if terms.take_files:
            self.fields["files"] = FilesField()
        for key, child in self.question_blocks.items():
            self.fields[key] = child.block.field(child.value)
        first, last = ("subject", "name", "email", "telephone"), ("message", "files", "send_copy")
        self.order_fields([*first, *self.question_blocks, *last])

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that the visitor sees, in order."""
        return [field for field in self if field.name != "honeypot"]

    @property
    def takes_files(self) -> bool:
        return "files" in self.fields

    def json_type(self, name: str) -> str:
        if name in self.question_blocks:
            return self.question_blocks[name].block.json_type
        return "boolean" if name == "send_copy" else "string"

    def new_seal(self) -> str:
        return _signer().sign(f"{self.page.pk}:{int(time.time())}")

    def sent(self, *, idempotency_key: str = "") -> SentMessage:
        """Return what was sent, ready for ``actions.submit``. The form is valid."""
        cleaned: dict[str, Any] = self.cleaned_data
        subject = cleaned.get("subject", "")
        opened = _opened_at(self.data.get("seal", ""), self.page.pk)
        return SentMessage(
            name=cleaned["name"],
            address=cleaned["email"],
            subject=self.subjects[subject]["name"] if subject else "",
            fields=tuple((label, words) for label, words in self._answers() if words),
            recipients=tuple(address_lists.addresses(self.subjects[subject]["recipients"]))
            if subject
            else (),
            honeypot_filled=bool(cleaned["honeypot"]),
            sealed=opened is not None or not self.sealed,
            seconds_open=time.time() - opened if opened is not None else None,
            idempotency_key=idempotency_key,
            wants_copy=cleaned.get("send_copy", False),
            files=tuple(cleaned.get("files", ())),
        )

    def _answers(self) -> list[tuple[str, str]]:
        """Return label and text of each field that has no column of its own."""
        cleaned = self.cleaned_data
        answers = [
            (child.value["question"], questions.in_words(cleaned[key]))
            for key, child in self.question_blocks.items()
        ]
        return [
            (labels.TELEPHONE, cleaned.get("telephone", "")),
            *answers,
            (labels.MESSAGE, cleaned["message"]),
        ]


class NoteForm(forms.Form):
    """A note by one member of staff for the others."""

    note = TypedField(
        label=_("A note for other staff; the visitor does not see it"),
        clean_with=cleaning.normalise,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", **ROOM_LEFT}),
        error_messages={
            "required": _("Enter a note"),
            "max_length": at_most(_("A note must be %(most)s characters or less"), LONGEST_NOTE),
        },
    )


def _checked(file: UploadedFile) -> SentFile:
    """Raises ValidationError for a file that is too large or of a kind that is not accepted."""
    try:
        name = cleaning.single_line(file.name or "")[-LONGEST_NAME:] or "file"
    except cleaning.UnreadableTextError:
        name = "file"
    if file.size is None or file.size > file_kinds.MOST_BYTES:
        raise ValidationError(TOO_LARGE, code="too_large", params={"name": name})
    content = file.read()
    kind = file_kinds.of(content)
    if kind is None:
        raise ValidationError(WRONG_KIND, code="kind", params={"name": name})
    return SentFile(name=name, kind=kind.ending, content=content)


def _subject_field(subjects: dict[str, Any]) -> forms.ChoiceField:
    return questions.choice_field(
        [(key, subject["name"]) for key, subject in subjects.items()],
        label=_("What is it about?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), CHOOSE_SUBJECT),
    )


def _copy_field() -> forms.BooleanField:
    return forms.BooleanField(
        required=False,
        label=_("Email me a copy"),
        help_text=_("We first send you a link to confirm that the address is yours."),
    )


def _opened_at(seal: str, page_id: int) -> int | None:
    """Return when the page was rendered; None for a seal that is forged, another page's or too old."""
    try:
        made_for, _, made_at = _signer().unsign(seal).partition(":")
    except BadSignature:
        return None
    fresh = int(made_at) > time.time() - SEAL_GOOD_FOR
    return int(made_at) if made_for == str(page_id) and fresh else None


def _signer() -> Signer:
    return Signer(salt="contact form")

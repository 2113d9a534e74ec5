"""What a visitor may write to staff, and its shape."""

import time
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from wagtail.blocks import StreamValue

from blog.comments import text
from blog.comments.forms import ENTER_ADDRESS, ENTER_NAME, LONGEST_ADDRESS, AddressField, TypedField
from home.contact import desks, file_kinds, questions
from home.contact.sent import SentFile, SentMessage
from home.contact.site_settings import MessageSettings

LONGEST_NAME = 100
LONGEST_TELEPHONE = 40
LONGEST_MESSAGE = 5000
LONGEST_NOTE = 1000
SEAL_GOOD_FOR = 7 * 24 * 60 * 60  # seconds; a kept page carries it too
CHOOSE_SUBJECT = "Choose what your message is about"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few files of kinds that are taken, each told by its bytes."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label="Files (optional)",
            help_text=f"Up to {file_kinds.MOST_FILES} files of 5 MB each: {file_kinds.NAMES}.",
            widget=FilesInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.txt"}),
        )

    def clean(self, value: list[UploadedFile], initial: Any = None) -> list[SentFile]:
        sent = [file for file in value or () if file]
        if len(sent) > file_kinds.MOST_FILES:
            raise ValidationError(f"Choose {file_kinds.MOST_FILES} files or less", code="too_many")
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

    The seal says for which page a form was made, and when. A bad one, a filled honeypot and a form sent too
    fast are no errors: the message is kept, and marked.
    """

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

    def __init__(self, page: Asks, *args: Any, sealed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.sealed = page, sealed
        self.asked = questions.by_key(page.questions)
        self.subjects = desks.by_key(page.subjects)
        if not page.ask_telephone:
            del self.fields["telephone"]
        if self.subjects:
            self.fields["subject"] = _subject_field(self.subjects)
        terms = MessageSettings.of(page)
        if terms.offer_copy:
            self.fields["send_copy"] = _copy_field()
        if terms.take_files:
            self.fields["files"] = FilesField()
        for key, child in self.asked.items():
            self.fields[key] = child.block.field(child.value)
        first, last = ("subject", "name", "email", "telephone"), ("message", "files", "send_copy")
        self.order_fields([*first, *self.asked, *last])

    @property
    def questions(self) -> list[forms.BoundField]:
        """What the visitor reads and answers, in order."""
        return [field for field in self if field.name != "honeypot"]

    def json_type(self, name: str) -> str:
        if name in self.asked:
            return self.asked[name].block.json_type
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
            recipients=tuple(desks.addresses(self.subjects[subject]["recipients"])) if subject else (),
            honeypot_filled=bool(cleaned["honeypot"]),
            sealed=opened is not None or not self.sealed,
            seconds_open=time.time() - opened if opened is not None else None,
            idempotency_key=idempotency_key,
            wants_copy=cleaned.get("send_copy", False),
            files=tuple(cleaned.get("files", ())),
        )

    def _answers(self) -> list[tuple[str, str]]:
        """Label and words of each field that is no column of its own."""
        cleaned = self.cleaned_data
        asked = [
            (child.value["question"], questions.in_words(cleaned[key])) for key, child in self.asked.items()
        ]
        return [("Telephone", cleaned.get("telephone", "")), *asked, ("Message", cleaned["message"])]


class NoteForm(forms.Form):
    """What one member of staff tells the others."""

    note = TypedField(
        label="A note for the others; the visitor does not read it",
        clean_with=text.normalise,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={
            "required": "Write the note first",
            "max_length": f"A note must be {LONGEST_NOTE:,} characters or less",
        },
    )


def _checked(file: UploadedFile) -> SentFile:
    """Raises ValidationError for a file that is too large or of no kind that is taken."""
    try:
        name = text.single_line(file.name)[-LONGEST_NAME:] or "file"
    except text.UnreadableTextError:
        name = "file"
    if file.size > file_kinds.MOST_BYTES:
        raise ValidationError(f"“{name}” must be 5 MB or smaller", code="too_large")
    content = file.read()
    kind = file_kinds.of(content)
    if kind is None:
        raise ValidationError(f"“{name}” must be a {file_kinds.NAMES} file", code="kind")
    return SentFile(name=name, kind=kind.ending, content=content)


def _subject_field(subjects: dict[str, Any]) -> forms.ChoiceField:
    return questions.choice_field(
        [(key, subject["name"]) for key, subject in subjects.items()],
        label="What is it about?",
        error_messages=dict.fromkeys(("required", "invalid_choice"), CHOOSE_SUBJECT),
    )


def _copy_field() -> forms.BooleanField:
    return forms.BooleanField(
        required=False,
        label="Email me a copy",
        help_text="We first send you a link, to make sure that the address is yours.",
    )


def _opened_at(seal: str, page_id: int) -> int | None:
    """Return when the page was made; None for no seal of ours, another page's or an old one."""
    try:
        made_for, _, made_at = _signer().unsign(seal).partition(":")
    except BadSignature:
        return None
    fresh = int(made_at) > time.time() - SEAL_GOOD_FOR
    return int(made_at) if made_for == str(page_id) and fresh else None


def _signer() -> Signer:
    return Signer(salt="contact form")

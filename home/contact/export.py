"""Messages as a table, for a spreadsheet that must not run what a visitor typed."""

import csv
import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from home.contact.models import ContactMessage, MessageQuerySet

MOST_EXPORTED = 10_000
MOST_LABELS = 100
FIRST = ("Number", "Sent", "State", "Page", "Subject", "Assigned to", "Name", "Email address")
STARTS_A_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def as_csv(messages: MessageQuerySet) -> bytes:
    """Return UTF-8 with a mark that tells Excel so."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(_rows(messages))
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(messages: MessageQuerySet) -> bytes:
    """Return a workbook of texts: no value begins with what would be taken for a formula."""
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Messages")
    for row in _rows(messages):
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", value) for value in row])
    book.save(file)
    return file.getvalue()


def _rows(messages: MessageQuerySet) -> Iterator[list[str]]:
    """The newest MOST_EXPORTED, with a column for each label that occurs, in the order of its first use."""
    newest = messages.select_related("assigned_to")[:MOST_EXPORTED]
    labels: dict[str, None] = {}
    for fields in newest.values_list("fields", flat=True).iterator():
        labels.update(dict.fromkeys(label for label, _ in fields))
    columns = list(labels)[:MOST_LABELS]
    yield [_harmless(each) for each in (*FIRST, *columns)]
    for message in newest.iterator():
        yield [_harmless(each) for each in (*_always(message), *_answers(message, columns))]


def _always(message: ContactMessage) -> tuple[str, ...]:
    return (
        str(message.pk),
        f"{message.submitted_at:%Y-%m-%d %H:%M}",
        message.get_state_display(),
        message.page_title,
        message.subject,
        message.assigned_to.get_username() if message.assigned_to else "",
        message.name,
        message.reply_address,
    )


def _answers(message: ContactMessage, columns: list[str]) -> list[str]:
    """Two answers under one label share a cell."""
    said: dict[str, list[str]] = {}
    for label, words in message.fields:
        said.setdefault(label, []).append(words)
    return ["\n".join(said.get(label, ())) for label in columns]


def _harmless(value: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return f"'{value}" if value.lstrip(" ").startswith(STARTS_A_FORMULA) else value

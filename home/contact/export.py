"""Messages as a table, for a spreadsheet that must not execute what a visitor typed."""

import csv
import io
from collections.abc import Callable, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from cms.text.cells import as_cell, as_workbook_cell
from home.contact import labels
from home.contact.models import ContactMessage, MessageQuerySet

MOST_EXPORTED = 10_000
MOST_LABELS = 100
FIRST = (
    _("Number"),
    _("Sent"),
    _("State"),
    _("Page"),
    _("Subject"),
    _("Assigned to"),
    _("Name"),
    _("Email address"),
)


def as_csv(messages: MessageQuerySet) -> bytes:
    """Return UTF-8 with a byte order mark, by which Excel recognises it."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(_rows(messages, as_cell))
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(messages: MessageQuerySet) -> bytes:
    """Return a workbook of text cells: no value starts like a formula."""
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(gettext("Messages"))
    for row in _rows(messages, as_workbook_cell):
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def _rows(messages: MessageQuerySet, cell: Callable[[str], str]) -> Iterator[list[str]]:
    """Yield the newest MOST_EXPORTED, with a column for each label in the order of its first use."""
    newest = messages.select_related("assigned_to")[:MOST_EXPORTED]
    used: dict[str, None] = {}
    for fields in newest.values_list("fields", flat=True).iterator():
        used.update(dict.fromkeys(label for label, _ in fields))
    columns = list(used)[:MOST_LABELS]
    yield [cell(each) for each in (*map(str, FIRST), *map(labels.shown, columns))]
    for message in newest.iterator():
        yield [cell(each) for each in (*_always(message), *_answers(message, columns))]


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
    answers: dict[str, list[str]] = {}
    for label, words in message.fields:
        answers.setdefault(label, []).append(words)
    return ["\n".join(answers.get(label, ())) for label in columns]

"""Messages as a table: complete, read back as they were written, and harmless."""

import csv
import io

import pytest
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from home.contact import actions, export
from home.contact.models import ContactMessage
from home.contact.sent import SentMessage
from tests.factories import ContactPageFactory

pytestmark = pytest.mark.django_db
INBOX = "/admin/messages/"
FORMULAS = [
    '=HYPERLINK("https://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "-1+1",
    "@SUM(1)",
    "  =1+1",
    "\uff1d1+1",
    "=1\n+2",
]


def kept(page, *fields: tuple[str, str], name: str = "Ben Ode", **more: str) -> None:
    actions.submit(page, SentMessage(name=name, address="ben@example.org", fields=fields, **more))


def table(staff, kind: str, **asked: str) -> list[list[str]]:
    answer = staff.post(INBOX, {"do": kind, **asked})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="messages-')
    assert "no-store" in answer["Cache-Control"]
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "n" and cell.value]
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_label_has_a_column_and_every_message_a_row(staff, contact, kind):
    kept(contact, ("Telephone", "01632 960123"), ("Message", "First,\n“quoted”"), subject="Visits")
    kept(contact, ("Town", "Thornby Wick"), ("Message", "Second"))

    head, second, first = table(staff, kind)

    assert head == [*export.FIRST, "Town", "Message", "Telephone"]
    assert second[2:] == [
        "New",
        "Contact",
        "",
        "",
        "Ben Ode",
        "ben@example.org",
        "Thornby Wick",
        "Second",
        "",
    ]
    assert first[4] == "Visits"
    assert first[8:] == ["", "First,\n“quoted”", "01632 960123"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_runs(staff, contact, kind, formula):
    kept(contact, (formula, formula), ("Message", "Words"), name=formula, subject=formula)
    ContactMessage.objects.update(page_title=formula)

    rows = table(staff, kind)

    cells = [cell for row in rows for cell in row]
    assert cells.count(formula.replace(formula.lstrip()[:1], f"'{formula.lstrip()[:1]}", 1)) == 5
    assert not [cell for cell in cells if cell.strip()[:1] in {*"=+-@\uff1d\uff0b\uff0d\uff20"} and cell]


def test_an_export_holds_what_is_found_and_leaves_a_line_in_the_log(staff, home, contact, front_desk):
    shop = ContactPageFactory(parent=home, title="Shop", slug="shop")
    kept(contact, ("Message", "Here"))
    kept(shop, ("Message", "There"))

    rows = table(staff, "csv", page=str(shop.pk), q="there")

    assert [row[-1] for row in rows] == ["Message", "There"]
    assert ModelLogEntry.objects.get(action="contact.export").user == front_desk


def test_what_a_spreadsheet_cannot_hold_is_left_out(staff, contact):
    kept(contact, ("Message", "Words"))
    ContactMessage.objects.update(page_title="Con\x0btact")

    assert table(staff, "xlsx")[1][3] == "Contact"

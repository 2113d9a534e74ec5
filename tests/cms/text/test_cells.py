"""What people typed, in files that a spreadsheet opens with separators and quotes of its own choosing."""

import csv
import io
import re
from itertools import product

import pytest

from cms.text.cells import as_cell, as_workbook_cell

pytestmark = pytest.mark.once

FORMULA = re.compile(r"[\s\"'\u200b\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
NUMBER = re.compile(r"[+-][0-9][0-9.,() \u00a0]*")
READERS = [
    {"delimiter": delimiter, "quoting": quoting}
    for delimiter, quoting in product(",;\t|", (csv.QUOTE_MINIMAL, csv.QUOTE_NONE))
]
BEFORE = [
    "",
    " ",
    "\u00a0 ",
    "a;",
    "a; ",
    "a\t",
    "a\r",
    "a\n",
    "a\r\n",
    "a\u2028",
    "a,",
    "a|",
    "a| ",
    'a;"',
    "a;\u200b",
    "\ufeff",
    ";;",
    '"',
]
SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b"]


def written(*cells: str) -> str:
    """A file as this site writes it: separated by commas, quoted where the csv module finds it needful."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow(cells)
    return file.getvalue()


def cells_of(line: str, reader: dict) -> list[str]:
    """What a spreadsheet sees, where each kind of line end begins a new row."""
    rows = [line] if reader["quoting"] == csv.QUOTE_MINIMAL else re.split("[\r\n\u2028\u2029]", line)
    return [
        cell for row in rows for read in csv.reader(io.StringIO(row, newline=""), **reader) for cell in read
    ]


@pytest.mark.parametrize("reader", READERS, ids=str)
@pytest.mark.parametrize("before", BEFORE, ids=repr)
@pytest.mark.parametrize("sign", SIGNS)
def test_no_piece_of_a_cell_runs_with_whatever_separator_it_is_read(reader, before, sign):
    evil = f"{before}{sign}HYPERLINK(1)"

    line = written("1", as_cell(evil), as_cell(f"{evil};{evil}\n{evil}"), as_cell(evil))

    run = [
        cell for cell in cells_of(line, reader) if FORMULA.match(cell) and "'" not in cell.partition("HYP")[0]
    ]
    assert run == []


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", "\r\n=x"])
def test_a_cell_begins_with_no_sign_that_moves_on(text):
    assert as_cell(text).startswith("'")


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "-1,5",
        "-1.000,50",
        "+49 30 901820",
        "+49 (0) 30 901820",
        "+491701234",
        "a;-5",
        "a\n+49 30 1",
        "-5;-6",
        "+49 30 1234-56",
        "+49-30-1",
        "+49/30/12",
        "-",
        "+",
        "a; -",
    ]
    + [
        "a - b",
        "one-way",
        "x = 5",
        "ann@example.org",
        "Hello; see you",
        "01632 960123",
        "",
        "…=",
        "2026-11-27",
    ],
)
def test_numbers_telephone_numbers_and_prose_stay_as_they_are(text):
    assert as_cell(text) == text


@pytest.mark.parametrize(
    "text", ["-1+1", "-1;=2", "--1", "+49/-1", "-/A1", "+1|'/C calc'!A0", "-5 =2", "+(1)", "-cmd", "+4E2+1"]
)
def test_what_only_begins_as_a_number_is_none(text):
    assert as_cell(text) != text


@pytest.mark.parametrize("text", ["Dear team,\n- first\n- second", "Anna, -Ben", "a;=1", "x\t@y"])
def test_in_a_workbook_nothing_splits_a_cell(text):
    assert as_workbook_cell(text) == text
    assert as_cell(text) != text


@pytest.mark.parametrize("text", ["=1+1", " =1", "\n=1", "-cmd", "@A1", "+1|'/C calc'!A0"])
def test_in_a_workbook_no_cell_begins_as_a_formula(text):
    assert "'" in as_workbook_cell(text)[:3]


@pytest.mark.parametrize("unseen", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\ud800", "\ufdd0", "\uffff"])
@pytest.mark.parametrize("as_it_is_kept", [as_cell, as_workbook_cell])
def test_what_cannot_be_printed_is_left_out_and_hides_no_formula(as_it_is_kept, unseen):
    assert as_it_is_kept(f"An{unseen}na") == "Anna"
    assert as_it_is_kept(f"{unseen}=1+1") == "'=1+1"


def test_a_long_cell_takes_no_longer_than_it_is():
    """A square of a million would take for ever."""
    for piece in (";", "; ", '"', "\n ", "+1,", "+1", ";-1 "):
        as_cell(piece * 500_000)

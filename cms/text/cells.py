"""
What a cell of an exported table may hold: nothing that a spreadsheet is likely to take for a formula.

A CSV file is opened with other separators than it was written with: Excel splits at ``;`` where the decimal
sign is a comma, LibreOffice and Google Sheets at whatever was chosen last. Quotes around a cell protect
nothing then. So an apostrophe (OWASP, "CSV Injection") comes wherever a piece could begin as a formula, but
not after a space: splitting at spaces takes prose apart. Nothing splits the cell of a workbook. Numbers
with a sign, and telephone numbers like +49 30 1234-56, stay as they are.
"""

import re

from cms.text.cleaning import UNPRINTABLE

_LINE_OR_LIST = "\t\n\r\u2028\u2029,;"
_SEPARATORS = f"{_LINE_OR_LIST}|"  # after a number it calls a program: +1|'cmd'!A0
_STARTS_A_FORMULA = re.compile(
    rf"""
    (?:^|(?<=[{_SEPARATORS}]))
    (?:(?![{_SEPARATORS}])\s | ["'\u00ad\u180e\u200b-\u200f\u2018-\u201f\u2060\ufeff])*
    (?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])
    (?! [+\-] (?:[0-9](?:[0-9.,()\ \u00a0\u202f] | (?<=[0-9])[\-/](?=[0-9]))*)? (?:[{_LINE_OR_LIST}]|$) )
    """,
    re.VERBOSE,
)
_MOVES_ON = ("\t", "\r", "\n")


def as_cell(text: str) -> str:
    """Return the text without what a workbook refuses, an apostrophe before what would be a formula."""
    return _begun(_STARTS_A_FORMULA.sub(r"\g<0>'", UNPRINTABLE.sub("", text)))


def as_workbook_cell(text: str) -> str:
    """Return the same for a cell that nothing splits: only its beginning matters."""
    text = UNPRINTABLE.sub("", text)
    found = _STARTS_A_FORMULA.match(text)
    return f"{found[0]}'{text[found.end() :]}" if found else _begun(text)


def _begun(text: str) -> str:
    return f"'{text}" if text.startswith(_MOVES_ON) else text

import pytest
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from cms.fixes.spreadsheets import WAGTAILS_OWN

pytestmark = pytest.mark.once
FORMULA, CONTROL = "=1+1", "\x0b"


def cell(value: str, kind: str) -> str:
    return SpreadsheetExportMixin().preprocess_field_value("title", value, kind)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_a_list_of_wagtail_runs(kind):
    assert cell(FORMULA, kind) == f"'{FORMULA}"


def test_no_cell_breaks_a_workbook():
    assert cell(f"a{CONTROL}b", "xlsx") == "ab"


@pytest.mark.parametrize(("value", "kind"), [(FORMULA, "csv"), (CONTROL, "xlsx")])
def test_wagtails_own_still_passes_them_on(value, kind):
    """When this fails, look whether ``spreadsheets`` is still needed."""
    assert WAGTAILS_OWN(SpreadsheetExportMixin(), "title", value, kind) == value

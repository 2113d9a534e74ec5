"""
Reports and lists of Wagtail as files: no cell runs, or holds a character that a workbook refuses.

Wagtail 8.0.1 passes texts on as they are: openpyxl raises, and a formula in a CSV runs. `test_spreadsheets`
fails when it does not; then ours can go.
"""

from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

from cms.text.cells import as_cell, as_workbook_cell

WAGTAILS_OWN = SpreadsheetExportMixin.preprocess_field_value


def keep_cells_harmless() -> None:
    SpreadsheetExportMixin.preprocess_field_value = _preprocess_field_value


def _preprocess_field_value(view: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
    cell = WAGTAILS_OWN(view, field, value, export_format)
    if not isinstance(cell, str):
        return cell
    return as_workbook_cell(cell) if export_format == "xlsx" else as_cell(cell)

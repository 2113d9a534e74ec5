"""
Redirects from a file: a row that cannot be imported is named, the others are imported, no file is a crash.

Replaces two views of Wagtail (8.0) that assume that each row is as long as the first, and that the file
is still there; the forms, the templates and the storage between the two steps are Wagtail's.
"""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.contrib.redirects.base_formats import Dataset
from wagtail.contrib.redirects.forms import ConfirmImportForm, ImportForm, RedirectForm
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.tmp_storages import TempFolderStorage
from wagtail.contrib.redirects.views import permission_checker
from wagtail.log_actions import log
from wagtail.models import Site

FORMATS = ("csv", "tsv", "xlsx")
LARGEST_FILE = 2_000_000  # bytes
LARGEST_UNPACKED = 30_000_000  # bytes of all members of a workbook
MOST_ROWS = 5_000
MOST_COLUMNS = 50
LONGEST_CELL = 2_000
HIDDEN_FIELDS = ("import_file_name", "input_format")


class UnreadableError(Exception):
    """Tells an editor why a file cannot be imported."""


@permission_checker.require_any("add")
def start(request: HttpRequest) -> HttpResponse:
    form = ImportForm(FORMATS, request.POST or None, request.FILES or None)
    if not (request.FILES and form.is_valid()):
        return render(request, "wagtailredirects/choose_import_file.html", {"form": form})
    file = form.cleaned_data["import_file"]
    kind = os.path.splitext(file.name)[1].lstrip(".").lower()
    try:
        content = file.read(LARGEST_FILE + 1)
        dataset = read(kind, content)
    except UnreadableError as error:
        return _again(request, str(error))
    storage = TempFolderStorage()
    storage.save(content)
    hidden = {"import_file_name": os.path.basename(storage.name), "input_format": kind}
    return _confirm(request, dataset, ConfirmImportForm(dataset.headers, initial=hidden))


@permission_checker.require_any("add")
@require_POST
def process(request: HttpRequest) -> HttpResponse:
    try:
        name, kind = (Signer().unsign(request.POST.get(field, "")) for field in HIDDEN_FIELDS)
        storage = TempFolderStorage(name)
        dataset = read(kind, storage.read("rb"))
    except (BadSignature, UnreadableError, OSError):
        return _again(request, gettext("The file is no longer there. Choose it again."))
    hidden = {"import_file_name": name, "input_format": kind}
    form = ConfirmImportForm(dataset.headers, request.POST, initial=hidden)
    if not form.is_valid():
        return _confirm(request, dataset, form)
    cleaned = form.cleaned_data
    columns = int(cleaned["from_index"]), int(cleaned["to_index"])
    errors = create(dataset, columns, permanent=cleaned["permanent"], site=cleaned["site"])
    storage.remove()
    return _show_result(request, sum(map(any, dataset)), errors)


def read(kind: str, content: bytes) -> Dataset:
    """Return the rows, each as long as the first, which names the columns. Raises UnreadableError."""
    if len(content) > LARGEST_FILE:
        large = gettext("The file is larger than %(most)s MB. Import it in parts.")
        raise UnreadableError(large % {"most": LARGEST_FILE // 1_000_000})
    try:
        rows = [_texts(row) for row in islice(_rows(kind, content), MOST_ROWS + 2)]
    except (csv.Error, BadZipFile, ValueError, LookupError, OSError, TypeError, AttributeError, SyntaxError):
        # the last seven are what openpyxl raises for a file that is not a workbook
        unreadable = gettext("This file cannot be read as %(kind)s.")
        raise UnreadableError(unreadable % {"kind": kind.upper()}) from None
    if len(rows) > MOST_ROWS + 1:
        long = gettext("The file has more than %(most)s rows. Import it in parts.")
        raise UnreadableError(long % {"most": MOST_ROWS})
    if not rows or len(rows[0]) < 2:
        raise UnreadableError(
            gettext("The file needs two columns or more, and a first row that names its columns.")
        )
    if rows[0][0].startswith(("/", "http://", "https://")):
        raise UnreadableError(
            gettext("The first row must hold the column names, but it looks like a redirect.")
        )
    width = len(rows[0])
    return Dataset([(row + [""] * width)[:width] for row in rows[1:]], headers=rows[0])


def _rows(kind: str, content: bytes) -> Iterator[Sequence[Any]]:
    if kind not in FORMATS:
        raise UnreadableError(gettext("Choose a file that ends in .csv, .tsv or .xlsx."))
    if kind != "xlsx":
        delimiter = "\t" if kind == "tsv" else ","
        yield from csv.reader(io.StringIO(_text(content), newline=""), delimiter=delimiter)
        return
    _refuse_a_bomb(content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    yield from book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)


def _refuse_a_bomb(content: bytes) -> None:
    """Refuse two megabytes that unpack to two gigabytes. A member is read up to its stated size."""
    with ZipFile(io.BytesIO(content)) as members:
        if sum(member.file_size for member in members.infolist()) > LARGEST_UNPACKED:
            raise UnreadableError(
                gettext(
                    "This workbook unpacks to more than 30 MB. Save the sheet as CSV and import it in parts."
                )
            )


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError(
            gettext("The file is not in UTF-8. Save it again with this encoding.")
        ) from None


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if cell is None else str(cell)[:LONGEST_CELL].strip() for cell in row[:MOST_COLUMNS]]


def create(
    dataset: Dataset, columns: tuple[int, int], *, permanent: bool, site: Site | None
) -> list[tuple[str, str, str]]:
    """Create the redirects. Return the rows that were refused: their two cells, the row number and why."""
    errors = []
    for number, row in enumerate(dataset, start=2):
        old, new = (row[column] for column in columns)
        if not any(row):
            continue
        if problem := _create_one(old, new, permanent, site):
            said = gettext("Row %(number)s: %(problem)s") % {"number": number, "problem": problem}
            errors.append((old, new, said))
    return errors


def _create_one(old: str, new: str, permanent: bool, site: Site | None) -> str:
    """Return what is wrong, in words; empty if nothing is."""
    if not (old and new):
        return gettext("It needs an old path and a new address.")
    form = RedirectForm(
        {"old_path": old, "redirect_link": new, "is_permanent": permanent, "site": site and site.pk}
    )
    try:
        if not form.is_valid():
            return " ".join(message for messages_ in form.errors.values() for message in messages_)
        if _leads_to_itself(form.cleaned_data["old_path"], new):
            return gettext("It would lead to itself.")
    except ValueError:
        return gettext("This is not an address.")
    with transaction.atomic():
        log(instance=form.save(), action="wagtail.create")
    return ""


def _leads_to_itself(old: str, new: str) -> bool:
    here = any(new.startswith(root.root_url + "/") for root in Site.get_site_root_paths())
    return here and Redirect.normalise_path(old) == Redirect.normalise_path(new)


def _again(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect("wagtailredirects:start_import")


def _confirm(request: HttpRequest, dataset: Dataset, form: ConfirmImportForm) -> HttpResponse:
    return render(request, "wagtailredirects/confirm_import.html", {"form": form, "dataset": dataset})


def _show_result(request: HttpRequest, total: int, errors: list[tuple[str, str, str]]) -> HttpResponse:
    if not errors:
        messages.success(request, gettext("Redirects imported: %(total)s") % {"total": total})
        return redirect("wagtailredirects:index")
    summary = {
        "errors": errors,
        "errors_count": len(errors),
        "successes": total - len(errors),
        "total": total,
    }
    return render(request, "wagtailredirects/import_summary.html", {"import_summary": summary})

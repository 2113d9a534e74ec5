"""Redirects from a file: each row that cannot be taken is named, and no file is a 500."""

import io
import re
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from wagtail.contrib.redirects.models import Redirect

from home import redirect_import
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

START, PROCESS = "/admin/redirects/import/", "/admin/redirects/import/process/"
A_ROW = "/old,https://example.org/new"
HIDDEN = re.compile(r'<input type="hidden" name="(import_file_name|input_format)" value="([^"]+)"')


def upload(staff, name: str, content: bytes):
    return staff.post(START, {"import_file": SimpleUploadedFile(name, content)}, follow=True)


def confirm(staff, answer, **change: str):
    sent = dict(HIDDEN.findall(answer.content.decode()))
    fields = {**sent, "from_index": "0", "to_index": "1", "permanent": "on", "site": "", **change}
    return staff.post(PROCESS, fields, follow=True)


def workbook(*rows: tuple) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.fixture
def staff(admin):
    return signed_in(admin)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("/only", "It needs an old path and a new address."),
        ("", None),
        (",https://example.org/", "It needs an old path and a new address."),
        ("/a,", "It needs an old path and a new address."),
        ("/a,no address", "Enter a valid URL."),
        ("/a,javascript:alert(1)", "Enter a valid URL."),
        ("/a,http://[bad/", ""),
        ("http://[bad/,https://example.org/", "This is not an address."),
        ("/a\0b,https://example.org/", "Null characters are not allowed."),
        (f"/{'x' * 300},https://example.org/", "255"),
        (A_ROW, "already exists"),
        ("/a,http://localhost:8000/a/", "It would lead to itself."),
        ("/b,https://example.org/,more,and more", None),
    ],
)
def test_an_odd_row_is_named_and_the_others_are_taken(staff, row, words):
    content = f"from,to\n{A_ROW}\n{row}\n/last,https://example.org/last\n".encode()

    answer = confirm(staff, upload(staff, "r.csv", content))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert ("Row 3: " in html) is (words is not None)
    assert (words or "") in html
    assert {"/old", "/last"} <= set(Redirect.objects.values_list("old_path", flat=True))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", f"from,to\n{A_ROW}\n".encode("utf-8-sig")),
        ("r.csv", f"from,to\r\n{A_ROW}\r\n".encode("utf-16")),
        ("R.CSV", b'from,to\n"/old","https://example.org/new"'),
        ("r.tsv", f"from\tto\n{A_ROW}\n".replace(",", "\t").encode()),
        ("r.xlsx", workbook(("from", "to"), ("/old", "https://example.org/new"), (None, None), ())),
    ],
)
def test_every_usual_kind_of_file_is_read(staff, name, content):
    answer = confirm(staff, upload(staff, name, content))

    assert "Redirects imported: 1" in answer.content.decode()
    assert Redirect.objects.get().link == "https://example.org/new"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.csv", "from,to\n/caf\xe9,https://example.org/".encode("latin-1"), "not in UTF-8"),
        ("r.csv", b"", "empty"),
        ("r.csv", b"\n\n", "first row that names its columns"),
        ("r.csv", b"from\n/a\n", "two columns or more"),
        ("r.csv", f"{A_ROW}\n".encode(), "must hold the column names"),
        ("r.csv", b"from,to\n" + b"/a,https://example.org/\n" * 5001, "more than 5000 rows"),
        ("r.csv", b"from,to\n" + b"x" * 2_000_001, "larger than 2 MB"),
        ("r.csv", b'from,to\n"' + b"x" * 200_000 + b'",y', "cannot be read as CSV"),
        ("r.xlsx", b"from,to\n/a,https://example.org/\n", "cannot be read as XLSX"),
        ("r.xlsx", workbook(("a", "b"))[:900], "cannot be read as XLSX"),
        ("r.pdf", b"%PDF-1.4", "ends in .csv"),
        ("none", b"from,to", "ends in .csv"),
    ],
    ids=range(12),
)
def test_a_file_that_cannot_be_read_is_refused_in_words(staff, name, content, words):
    answer = upload(staff, name, content)

    assert answer.status_code == 200
    assert re.search(words, answer.content.decode())
    assert not Redirect.objects.exists()


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_not_unpacked(staff):
    file, plain = io.BytesIO(), io.BytesIO(workbook(("From", "To"), ("/old", "https://example.org/new")))
    with zipfile.ZipFile(plain) as members, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in members.namelist():
            with bomb.open(name, "w") as inside:
                inside.write(members.read(name))
                for _ in range(300 if name == "xl/styles.xml" else 0):
                    inside.write(b" " * 1_000_000)
    assert len(file.getvalue()) < redirect_import.LARGEST_FILE
    tracemalloc.start()

    answer = upload(staff, "new.xlsx", file.getvalue())

    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "This workbook unpacks to more than 30 MB" in answer.content.decode()
    assert most < 50_000_000


def test_a_second_click_and_a_form_that_was_changed_ask_for_the_file_again(staff):
    first = upload(staff, "r.csv", f"from,to\n{A_ROW}\n".encode())
    confirm(staff, first)

    tampered = ({"import_file_name": "../etc/passwd"}, {"input_format": "7"}, {"import_file_name": ""})
    for change in ({}, *tampered):
        assert "Choose it again" in confirm(staff, first, **change).content.decode()
    assert "Choose it again" in staff.post(PROCESS, follow=True).content.decode()
    assert Redirect.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"from_index": "9"}, {"to_index": ""}, {"site": "9" * 20}, {"from_index": "x"}]
)
def test_a_column_or_site_that_is_not_there_is_asked_for_again(staff, change):
    answer = confirm(staff, upload(staff, "r.csv", f"from,to\n{A_ROW}\n".encode()), **change)

    assert answer.status_code == 200
    assert re.search("Select a valid choice|This field is required", answer.content.decode())


def test_who_may_not_add_redirects_may_not_import_them(editor):
    assert signed_in(editor).get(START).status_code == 302


@pytest.mark.parametrize("rows", ["/only\n", ",https://example.org/\n", f"{A_ROW}\n/only\n"])
def test_the_command_names_the_rows_and_imports_nothing(tmp_path, rows):
    file = tmp_path / "r.csv"
    file.write_text(f"from,to\n{rows}")

    with pytest.raises(CommandError, match=r"row \d"):
        call_command("import_redirects", src=str(file), stdout=io.StringIO())
    assert not Redirect.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("FILE.CSV", f"from,to\n{A_ROW}\n".encode()),
        ("r.csv", f"from,to\r\n{A_ROW}\r\n".encode("utf-16")),
        ("r.csv", f"from,to\n\n{A_ROW}\n\n,\n".encode("utf-8-sig")),
        ("R.TSV", f"from\tto\n{A_ROW}\n".replace(",", "\t").encode()),
        ("book.XLSX", workbook(("from", "to"), (None, None), ("/old", "https://example.org/new"))),
    ],
)
def test_the_command_reads_what_the_admin_reads(tmp_path, name, content):
    said, file = io.StringIO(), tmp_path / name
    file.write_bytes(content)

    call_command("import_redirects", src=str(file), dry_run=True, stdout=said)
    assert said.getvalue() == "1 redirects can be created; nothing was changed.\n"
    assert not Redirect.objects.exists()
    call_command("import_redirects", src=str(file), stdout=io.StringIO())

    assert Redirect.objects.get().link == "https://example.org/new"


@pytest.mark.parametrize(
    "row",
    ["/a,http://[bad", "http://[bad/,https://example.org/", "/a,javascript:alert(1)", A_ROW, "/a\0,/b"],
)
def test_the_command_imports_all_rows_or_none(tmp_path, row):
    file = tmp_path / "r.csv"
    file.write_text(f"from,to\n{A_ROW}\n\n{row}\n/last,https://example.org/\n")

    with pytest.raises(CommandError, match="In row 4: "):
        call_command("import_redirects", src=str(file), stdout=io.StringIO())
    assert not Redirect.objects.exists()


def test_the_command_asks_for_each_row(tmp_path, monkeypatch):
    file = tmp_path / "r.csv"
    file.write_text(f"from,to\n{A_ROW}\n\n/b,https://example.org/\n/c,https://example.org/\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\nyes\n"))  # and then it ends

    call_command("import_redirects", src=str(file), ask=True, stdout=io.StringIO())

    assert Redirect.objects.get().old_path == "/b"
    with pytest.raises(CommandError, match="no site 77"):
        call_command("import_redirects", src=str(file), site=77, stdout=io.StringIO())


def test_the_command_takes_a_part_of_a_file(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text("from,to\n" + "".join(f"/{each},https://example.org/\n" for each in "abcd"))

    call_command("import_redirects", src=str(file), offset=1, limit=2, stdout=io.StringIO())

    assert set(Redirect.objects.values_list("old_path", flat=True)) == {"/b", "/c"}


def test_the_command_still_imports(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text(f"from,to\n{A_ROW}\n")
    call_command("import_redirects", src=str(file), stdout=io.StringIO())

    assert Redirect.objects.get().old_path == "/old"
    with pytest.raises(CommandError, match="columns"):
        call_command("import_redirects", "--src", str(file), "--to", "7", stdout=io.StringIO())
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_redirects", src=str(tmp_path / "none.csv"), stdout=io.StringIO())
    assert redirect_import.MOST_ROWS == 5_000

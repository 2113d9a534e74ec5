"""
What a page's forms would send, and what may come in its place.

A form is sent whole but for one field, which takes each odd value in turn; and as a whole in shapes no form
has: no fields, each twice, files for words, bytes that are no form at all.
"""

import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, cycle, product
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag
from PIL import Image

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "odd"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"

Value = str | bytes
Fields = dict[str, list[Value]]


@dataclass(frozen=True, slots=True)
class File:
    """A file as a browser sends it."""

    name: bytes
    bytes: bytes = field(repr=False)
    kind: bytes = b"image/png"


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body, and by which words a failure tells it apart."""

    what: str
    bytes: bytes = field(repr=False)
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)


def form_body(what: str, fields: Fields, **headers: str) -> Body:
    return Body(what, urlencode(fields, doseq=True).encode(), FORM, headers)


def multipart_body(what: str, parts: list[tuple[str, Value | File]], **headers: str) -> Body:
    whole = b"".join(_part(name, value) for name, value in parts)
    return Body(what, whole + b"--%s--\r\n" % BOUNDARY.encode(), MULTIPART, headers)


def _part(name: str, value: Value | File) -> bytes:
    about, content = b"", value
    if isinstance(value, File):
        content = value.bytes
        about = b'; filename="%s"\r\nContent-Type: %s' % (value.name, value.kind)
    elif isinstance(value, str):
        content = value.encode()
    head = b'--%s\r\nContent-Disposition: form-data; name="%s"' % (BOUNDARY.encode(), name.encode())
    return head + about + b"\r\n\r\n" + content + b"\r\n"


# --- What the forms of a page are ---


@dataclass(slots=True)
class Forms:
    """What all forms of a page that post have: fields as they stand, names of those for files, buttons."""

    fields: Fields = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list[Fields] = field(default_factory=list)


def forms_of(answer: Any) -> Forms:
    """Return what is in a page, or in the JSON of one of Wagtail's dialogs."""
    html = "" if answer.streaming else answer.content.decode(errors="replace")
    if answer.get("Content-Type", "").startswith("application/json"):
        html = _html_in(json.loads(html))
    found = BeautifulSoup(html, "html.parser").find_all("form", method=["post", "POST"])
    forms = Forms()
    for tag in chain.from_iterable(
        form.find_all(["input", "textarea", "select", "button"]) for form in found
    ):
        _take(forms, tag)
    forms.fields.pop("csrfmiddlewaretoken", None)
    return forms


def _html_in(dialog: Any) -> str:
    return " ".join(map(str, dialog.values())) if isinstance(dialog, dict) else ""


def _take(forms: Forms, tag: Tag) -> None:
    if not (name := tag.get("name")):
        return
    if tag.get("type") == "file":
        forms.files.append(name)
    elif tag.name == "button":
        forms.buttons.append({name: [tag.get("value", "")]})
    else:
        forms.fields.setdefault(name, []).extend(_values(tag))


def _values(tag: Tag) -> list[str]:
    if tag.name == "select":
        return [option.get("value", "") for option in tag.find_all("option", selected=True)]
    if tag.name == "textarea":
        return [tag.get_text()]
    unticked = tag.get("type") in ("checkbox", "radio") and not tag.has_attr("checked")
    return [] if unticked else [tag.get("value", "")]


# --- What may come in place of a value ---

HUGE = "9" * 20
TEXTS: tuple[Value, ...] = (
    "", HUGE, "0", "-1", "x", "a\0b", "x" * 10_000, "9" * 5000, b"\xff\xfe\xed\xa0\x80",
    "\u0661\u0662", "1.5", "1e999", "NaN", " ", "\r\n", "\u202e\u2028", "null", "all", "../../etc/passwd",
    ",", "'\"<>%(", "//elsewhere.example/", "http://[", "javascript:alert(1)", "a@b", "{0}{x}%s",
)  # fmt: skip
DAYS = (
    "0000-00-00", "0001-01-01", "9999-12-31", "99999-01-01", "2026-02-30", "9999-12-31 23:59",
    "0001-01-01 00:00", "2026-03-29 02:30:00+99:99",
)  # fmt: skip
DEEP = "[" * 3000
JSONS = (
    "{", "{}", "[]", "[null]", '"a"', "true", "1e999", '"\\ud800"', '"\\u0000"', '{"id": "x"}',
    '{"id": null}', '[{"id": 1}]', '{"blocks": 5}', '{"blocks": [5], "entityMap": {}}', DEEP,
    '{"a":' * 3000, '{"blocks": [{"type": "x"}], "entityMap": []}',
)  # fmt: skip
VALUES: tuple[Value, ...] = (*TEXTS, *DAYS, *JSONS)


def _png(width: int, height: int) -> bytes:
    """A picture that says how large it is and packs nothing but zeros: a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes(min(width * height * 3, 4_000_000)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 40), "teal").save(out, kind)
    return out.getvalue()


PNG = _picture("PNG")
FILES = (
    File(b"a.png", b""),
    File(b"a.png", b"These are words."),
    File(b"a.png", _png(60_000, 60_000)),
    File(b"a.png", _png(2**31 - 1, 1)),
    File(b"a.png", _png(0, 0)),
    File(b"a.png", PNG[:60]),
    File(b"a.png", PNG[:-20]),
    File(b"a.gif", b"GIF89a"),
    File(b"a.jpg", PNG, b"text/plain"),
    File(b"a.webp", b"RIFF\xff\xff\xff\xffWEBPVP8L"),
    File(b"a.avif", b"\0\0\0\x1cftypavif" + bytes(16)),
    File(b"a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"image/svg+xml"),
    File(b"", PNG),
    File(b"x" * 3000 + b".png", PNG),
    File(b"a\0b.png", PNG),
    File(b"../../a.png", PNG),
    File(b"\xff\xed\xa0\x80.png", PNG),
    File("\u0661\u202e.png".encode(), PNG),
    File(b".png", PNG, b"\xff/\xfe"),
    File(b"png", PNG, b""),
    File(b"a.txt", b"\xff\xfe\0", b"text/plain; charset=nothing"),
    File(b"a.csv", b"from,to\n\0,\xff\n" + b"," * 3000, b"text/csv"),
    File(b"a.xlsx", b"PK\x03\x04" + bytes(40), b"application/zip"),
)

# --- Bodies ---

JSON = {"Accept": "application/json"}
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}
OUTDATED = {"Origin": "http://localhost", "X-CSRFToken": "x" * 32}
PLAIN: tuple[Body, ...] = (
    Body("no field", b""),
    Body("no field, of a script", b"", headers=SCRIPT),
    Body("no field, for JSON", b"", headers=JSON),
    Body("no form", b"", "application/json"),
    Body("JSON", b"{}", "application/json", JSON),
    Body("half of JSON", b'{"a": ', "application/json", JSON),
    Body("JSON null", b"null", "application/json"),
    Body("a list as JSON", b"[1, null]", "application/json", SCRIPT),
    Body("JSON of no text", b"\xff\xfe", "application/json"),
    Body("deep JSON", DEEP.encode(), "application/json"),
    Body("words", b"a=b", "text/plain"),
    Body("no type", b"a=b", ""),
    Body("an unknown encoding", b"a=b", f"{FORM}; charset=nothing"),
    Body("UTF-16", "a=b".encode("utf-16"), f"{FORM}; charset=utf-16"),
    Body("no boundary", b"--odd\r\n", "multipart/form-data"),
    Body("a boundary of no text", b"--odd\r\n", "multipart/form-data; boundary=\xe9"),
    Body("a boundary that does not come", b"a=b", MULTIPART),
    Body("no end", b'--odd\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', MULTIPART),
    Body("base64 that is none", b"--odd\r\nContent-Disposition: form-data; name=a\r\n"
         b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--odd--\r\n", MULTIPART),
    Body("bytes that are no text", b"%FF%FE=%ED%A0%80&\xff=\xfe&&==&next=%00"),
    Body("a field too many", b"&".join(b"a=1" for _ in range(10_001))),
    Body("of no origin", b"title=x", headers={"Origin": "null"}),
    Body("of an origin that is none", b"title=x", headers={"Origin": "http://["}),
    Body("of another origin", b"title=x", headers={"Origin": "https://elsewhere.example"}),
    Body("from a page that is none", b"title=x", headers={"Referer": "http://["}),
    Body("with another token", b"title=%00&title=x", headers=OUTDATED),
    Body("with another token, unreadable", b"a=b", "multipart/form-data", OUTDATED),
    Body("with another token, of a script", b"title=x", headers={**OUTDATED, "Accept": "application/json"}),
    Body("a next of no name", b"next=x&url=x&q=%00"),
)  # fmt: skip


def as_a_whole(forms: Forms) -> Iterator[Body]:
    """The form in shapes that it cannot have."""
    fields, files = forms.fields, forms.files
    yield form_body("as it is", fields)
    for button in forms.buttons:
        yield form_body(f"by its button {button}", fields | button)
    yield form_body("as it is, of a script", fields, **SCRIPT)
    yield form_body("as it is, for JSON", fields, **JSON)
    yield form_body("each twice", {name: [*values, "x"] for name, values in fields.items()})
    yield form_body("each empty", dict.fromkeys(fields, [""]))
    yield form_body("each as a list", {f"{name}[]": values for name, values in fields.items()})
    yield multipart_body("files for words", [(name, FILES[0]) for name in fields])
    yield multipart_body("words for files", [*_pairs(fields), *((name, "x") for name in files)])
    for end, value in product(("-TOTAL_FORMS", "-INITIAL_FORMS", "-count"), ("", "-1", "x", "1.5")):
        if counts := {each: [value] for each in fields if each.endswith(end)}:
            yield form_body(f"{end} of {value!r}", {**fields, **counts})
    for name in (each for each in fields if each.endswith("-TOTAL_FORMS")):
        yield form_body("a formset too long", {**fields, name: [HUGE]})
    for file in FILES if files else ():
        yield multipart_body(repr(file)[:60], [*_pairs(fields), *((name, file) for name in files)])


def _pairs(fields: Fields) -> list[tuple[str, Value | File]]:
    return [(name, value) for name, values in fields.items() for value in values]


def one_odd(forms: Forms) -> Iterator[Callable[[], Body]]:
    """The form with one value that is another, each in each field, by one button or another."""
    buttons, named = cycle([{}, *forms.buttons]), dict.fromkeys(chain(forms.fields, *forms.buttons))
    for value, name in product(VALUES, named):
        fields = forms.fields | next(buttons) | {name: [value]}
        yield partial(form_body, f"{name}={value[:30]!r}", fields)

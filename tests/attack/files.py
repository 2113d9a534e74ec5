"""Files that are sent, paths that lead outside, and what the server could be made to fetch."""

import io
import re
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import requests
from django.conf import settings
from openpyxl import Workbook
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection

from home.contact.models import Attachment, ContactMessage
from tests.attack import wire
from tests.attack.browser import ACCOUNT, HIDDEN, Answer, Browser
from tests.attack.outcome import NothingShownError, Outcome, Tally, statuses
from tests.attack.victim import Victim
from tests.pictures import CANARY, encoded, noise, photograph

SCRIPT = b"<script>xw9mark()</script>"
CLIMBS = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%252f",
    "..\\",
    "..%5c",
    "....//",
    "%c0%ae%c0%ae/",
    "..;/",
    ".%00./",
    "/",
)
TARGETS = (
    "etc/passwd",
    "secrets/secret_key",
    "db.sqlite3",
    "web.log",
    "manage.py",
    "cms/settings/base.py",
    ".git/config",
    ".env",
)
SHEET, BOOK, STRINGS = PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml")
OF_SHEETS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = "[Content_Types].xml"
TYPE_OF_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
SECRETS = (b"root:x:0", b"SQLite format 3", b"DJANGO_SETTINGS", b"INSTALLED_APPS", b"[core]")
SERVES = ("/static/", "/media/images/", "/media/", "/media/original_images/", "/")
BESIDE = (
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/manage.py",
    "/requirements.txt",
    "/var/db.sqlite3",
    "/db.sqlite3",
    "/backup",
    "/site.backup",
    "/attachments/",
    "/media/attachments/",
    "/media/documents/",
    "/media/",
    "/media/images/",
    "/static/",
    "/static/css/",
    "/mail/",
    "/secrets/",
    "/server-status",
    "/debug/",
    "/__debug__/",
    "/admin/doc/",
    "/django-admin/",
    "/phpinfo.php",
    "/wp-login.php",
)
IMPORT = "/admin/redirects/import/"
REFUSALS = ("This file cannot be read as XLSX.", "This workbook unpacks to more than 30 MB.")
SAVED_AS = re.compile(r'filename="message-\d+-\d+\.(jpg|png|pdf|webp|txt)"$')
LONG_SIDE = 30_000
REAL = encoded(noise(64, 64), "JPEG")
DISGUISED = (
    ("a.jpg", SCRIPT),
    ("a.png", b"\x89PNG\r\n\x1a\n" + SCRIPT),
    ("a.gif", b"GIF89a" + SCRIPT),
    ("a.svg", b"<svg onload='xw9mark()'/>"),
    ("a.jpg", b"<?php ?>"),
    ("a.php.jpg", b"<?php ?>"),
    ("a.jpg", b"\xff\xd8\xff\xe0" + b"<svg/>" * 99),
    ("a.pdf", b"%PDF-1.4" + SCRIPT),
    ("a.jpg.php", REAL),
    ("a.html", REAL),
    ("a.svg", REAL),
    ("../../a.jpg.py", REAL),
    ("a.jpg\0.html", REAL),
    ("a.phtml", REAL),
    ("a.png", REAL),
)
BOMB = b"a" * (6 * 1024 * 1024)  # more than a file with a message may have
WITH_MESSAGES = (
    ("a.html", SCRIPT),
    ("a.pdf", SCRIPT + b"\0"),
    ("a.png", b"MZ\x90\0"),
    ("a.svg", b"<svg onload=x/>\0"),
    ("a.txt", b"\xff\xfe\0\0"),
    ("big.jpg", REAL + BOMB),
    ("../../../a.jpg", REAL),
    ("a\r\nSet-Cookie: x=1.jpg", REAL),
    ("a" * 400 + ".jpg", REAL),
    ("\u202egpj.exe", REAL),
    ("", REAL),
    ("a.php", REAL),
)


def paths_outside(victim: Victim) -> Outcome:
    """Ways to climb out of every address that serves files; listings; what lies beside"""
    tally, answers = Tally(), []
    _add_document(victim, "climbed.txt", b"Served.", Collection.get_first_root_node())
    document, picture = get_document_model().objects.latest("pk"), get_image_model().objects.first()
    serving = ("/static/css/site.css", picture.get_rendition("max-64x64").url, document.url)
    for url in serving:
        status = victim.stranger().get(url).status
        tally.require(f"{url} serves files, not {status}", status == 200)
    tally.require("what is looked for lies there", (victim.folder / "web.log").exists())
    begins = (*SERVES, f"/documents/{document.pk}/")
    climbing = [f"{begin}{climb * 6}{target}" for begin in begins for climb in CLIMBS for target in TARGETS]
    for url in (*climbing, *BESIDE):
        got = victim.stranger().get(url)
        answers.append(got.status)
        told = any(secret in got.body for secret in SECRETS)
        tally.saw(f"{url}: {got.status}", wrong=told or got.status not in (301, 302, 400, 403, 404))
    return tally.outcome(f"{len(CLIMBS)} ways: {statuses(answers)}")


def _add_picture(editor: Browser, name: str, data: bytes) -> Answer:
    fields = {"title": "Picture", "collection": str(Collection.get_first_root_node().pk)}
    to = "/admin/images/multiple/add/"
    return editor.upload(to, fields, {"files[]": (name, data)}, X_Requested_With="XMLHttpRequest")


def _is_taken(answer: Answer) -> bool:
    """Say whether an upload was taken; what was refused must be so in words. Raises NothingShownError."""
    said = answer.json() if answer.status == 200 else {}
    if not (said.get("success") or said.get("error_message")):
        raise NothingShownError(f"an upload was answered {answer.status}, without a word")
    return bool(said["success"])


def disguised_pictures(victim: Victim) -> Outcome:
    """Pages, scripts, SVG and programs sent as pictures, under names of many kinds; a polyglot"""
    editor, pictures, tally = victim.as_("editor"), get_image_model().objects, Tally()
    tally.require("a plain picture is taken", _is_taken(_add_picture(editor, "plain.jpg", REAL)))
    newest = pictures.latest("pk").pk
    for name, data in DISGUISED:
        taken = _is_taken(_add_picture(editor, name, data))
        tally.saw(f"{name} was taken", wrong=taken and data is not REAL)
    two_in_one = REAL + SCRIPT + zipped({"x.html": SCRIPT})
    tally.require("the polyglot is taken", _is_taken(_add_picture(editor, "polyglot.jpg", two_in_one)))
    kept = list(pictures.filter(pk__gt=newest))
    tally.require("it is kept", kept)
    for each in kept:
        tally.saw(each.file.name, wrong=not _is_plain_picture(each))
    return tally.outcome(f"{len(kept)} taken, as plain pictures; second halves cut off")


def _is_plain_picture(picture) -> bool:
    path = Path(picture.file.path)
    inside = path.is_relative_to(settings.MEDIA_ROOT) and path.suffix in (
        ".jpg",
        ".jpeg",
        ".png",
        ".gif",
        ".webp",
        ".avif",
    )
    return inside and b"xw9mark" not in path.read_bytes()


def bombs(victim: Victim) -> Outcome:
    """Pictures of a billion pixels, of 100,000 frames; a workbook that unpacks to 500 MB"""
    editor, admin, tally = victim.as_("editor"), victim.as_("admin"), Tally()
    tally.require(
        "a plain picture is taken", _is_taken(_add_picture(editor, "plain.png", png(8, 8, whole=True)))
    )
    tally.require("a plain workbook is taken", _reads_rows(_import(admin, "plain.xlsx", workbook({}))))
    slowest = 0.0
    for name, data in _pictures_that_burst():
        got = _add_picture(editor, name, data)
        slowest = max(slowest, got.seconds)
        tally.saw(f"{name} was taken, after {got.seconds:.1f} s", wrong=_is_taken(got) or got.seconds > 5)
    for name, data in (("bomb.xlsx", workbook_bomb(500)), ("many.xlsx", many_files(12_000))):
        got = _import(admin, name, data)
        slowest = max(slowest, got.seconds)
        refusal = _refusal(admin, got)
        what = f"{name}: {got.status} {got.headers['Location']} {refusal} after {got.seconds:.1f} s"
        tally.saw(what, wrong=not refusal or got.seconds > 5)
    return tally.outcome(f"refused in words; the slowest after {slowest:.1f} s")


def _pictures_that_burst() -> Iterator[tuple[str, bytes]]:
    yield "a large side", png(LONG_SIDE, LONG_SIDE)
    yield "the largest side", png(2**31 - 1, 2**31 - 1)
    yield "frames", gif_of_many_frames(100_000)
    yield "text", png(8, 8, zlib.compress(bytes(200_000_000)))


def _import(admin: Browser, name: str, data: bytes) -> Answer:
    return admin.upload(IMPORT, {"import_file": ""}, {"import_file": (name, data)})


def _reads_rows(answer: Answer) -> bool:
    """Say whether the import asks which column is which: it has read the file."""
    return answer.status == 200 and 'name="from_index"' in answer.text


def _refusal(admin: Browser, answer: Answer) -> str:
    """Return why the import leads back to where a file is chosen; nothing when it does not say."""
    if answer.status != 302 or answer.headers["Location"] != IMPORT:
        return ""
    said = admin.get(IMPORT).text.partition('class="messages"')[2].partition("</ul>")[0]
    return next((words for words in REFUSALS if words in said), "")


def png(width: int, height: int, text: bytes = b"", *, whole: bool = False) -> bytes:
    """A file that says so much of itself and holds nothing of it, unless it is to be whole."""
    pixels = bytes((1 + (width + 7) // 8) * height if whole else 1000)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))]
    chunks += [(b"zTXt", b"x\0\0" + text)] if text else []
    chunks += [(b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def gif_of_many_frames(number: int) -> bytes:
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b",\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * number + b";"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(change: dict[str, bytes]) -> bytes:
    """Return a workbook of one row, with some of its files replaced."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["from", "to"])
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**files, **change})


def workbook_saying(part: str, words: str, doctype: str = "") -> bytes:
    """Return a workbook with words in one of its parts that are read, and a doctype before them."""
    first = {
        SHEET: f'<c r="A1" t="inlineStr"><is><t>{words}</t></is></c>',
        STRINGS: '<c r="A1" t="s"><v>0</v></c>',
        BOOK: '<c r="A1" t="inlineStr"><is><t>from</t></is></c>',
    }[part]
    second = '<c r="B1" t="inlineStr"><is><t>to</t></is></c>'
    sheet = f'<worksheet {OF_SHEETS}><sheetData><row r="1">{first}{second}</row></sheetData></worksheet>'
    change = {SHEET: sheet.encode()}
    with zipfile.ZipFile(io.BytesIO(workbook({}))) as archive:
        if part == STRINGS:
            change[STRINGS] = f"<sst {OF_SHEETS}><si><t>{words}</t></si></sst>".encode()
            change[TYPES] = archive.read(TYPES).replace(b"</Types>", TYPE_OF_STRINGS + b"</Types>")
        if part == BOOK:
            change[BOOK] = archive.read(BOOK).replace(b'name="Sheet"', f'name="{words}"'.encode())
    return workbook({**change, part: doctype.encode() + change[part]})


def workbook_bomb(megabytes: int) -> bytes:
    begun = f"<worksheet {OF_SHEETS}><sheetData>".encode()
    return workbook({SHEET: begun + b" " * (megabytes * 1024 * 1024) + b"</sheetData></worksheet>"})


def many_files(number: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in range(number):
            archive.writestr(f"{name}", b"")
    return out.getvalue()


def camera_data(victim: Victim) -> Outcome:
    """Place and author in EXIF, XMP, IPTC and text chunks of pictures in five formats, read back"""
    editor, tally = victim.as_("editor"), Tally()
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        sent = photograph(kind)
        tally.require(f"a {kind} tells it before", CANARY in sent)
        newest = get_image_model().objects.latest("pk").pk
        taken = _is_taken(_add_picture(editor, f"photo.{kind.lower()}", sent))
        picture = get_image_model().objects.latest("pk")
        kept = taken and picture.pk > newest and picture.file.name.lower().endswith(kind.lower())
        tally.require(f"the {kind} was kept", kept)
        shown = editor.get(f"/admin/images/{picture.pk}/preview/max-200x200/")
        tally.require(f"the {kind} is shown, not {shown.status}", shown.status == 200 and shown.body)
        for data in (Path(picture.file.path).read_bytes(), shown.body):
            tally.saw(f"{kind} tells it", wrong=CANARY in data)
    return tally.outcome("none tells it")


def files_with_messages(victim: Victim) -> Outcome:
    """Files with messages: pages, programs, odd names, too large"""
    newest, tally, answers = ContactMessage.objects.latest("pk").pk, Tally(), []
    for number, (name, data) in enumerate((*WITH_MESSAGES, ("plain.jpg", REAL))):
        words = {"name": "a", "email": "a@example.org", "message": f"File {number}", "honeypot": ""}
        status = victim.stranger().upload(victim.contact.url, words, {"files": (name, data)}).status
        answers.append(status)
        tally.saw(f"{name[:20]!r}: {status}", wrong=status not in (303, 422, 413))
    kept = list(Attachment.objects.filter(message__pk__gt=newest))
    tally.require("a plain picture is kept", [each for each in kept if each.name == "plain.jpg"])
    for each in kept:
        url = f"/admin/messages/{each.message_id}/files/{each.pk}/"
        read = victim.as_("front desk").get(url)
        tally.require(
            f"{url} is given to the front desk, not {read.status}", read.status == 200 and read.body
        )
        tally.saw(f"{url} would be opened", wrong=not _is_a_download(read))
        saved_as = read.headers["Content-Disposition"]
        tally.found(f"{each.name} is saved as {saved_as}", wrong=not SAVED_AS.search(saved_as))
        tally.saw(f"{url} is read by strangers", wrong=victim.stranger().get(url).status == 200)
    return tally.outcome(f"{statuses(answers)}; {len(kept)} kept, as downloads for the front desk alone")


def _is_a_download(answer: Answer) -> bool:
    headers = answer.headers
    saved = "attachment" in headers.get("Content-Disposition", "")
    return (
        saved and headers.get("X-Content-Type-Options") == "nosniff" and "html" not in headers["Content-Type"]
    )


def documents(victim: Victim) -> Outcome:
    """Documents that are web pages in truth, and those of a closed collection"""
    locked, tally, newest = Collection.objects.get(name="Locked"), Tally(), _newest_document()
    for name, where in (("a.pdf", None), ("a.txt", None), ("a.csv", locked)):
        taken = _is_taken(_add_document(victim, name, SCRIPT, where or Collection.get_first_root_node()))
        tally.require(f"{name} is taken", taken)
    page = _is_taken(_add_document(victim, "a.html", SCRIPT, Collection.get_first_root_node()))
    tally.saw("a page was taken", wrong=page)
    kept = get_document_model().objects.filter(pk__gt=newest)
    tally.require("three were kept", len(kept) == 3)
    for each in kept:
        open_to = victim.as_("admin") if each.collection == locked else victim.stranger()
        answer = open_to.get(each.url)
        tally.require(f"{each.filename} is served, not {answer.status}", answer.status == 200 and answer.body)
        tally.saw(f"{each.filename} would be shown", wrong=not _is_harmless(answer))
        if each.collection == locked:
            control = answer.headers.get("Cache-Control", "")
            tally.saw("a private one is open", wrong=victim.stranger().get(each.url).status == 200)
            tally.saw(f"a private one may be kept by caches: {control}", wrong="no-store" not in control)
    return tally.outcome("none shown by a browser, the closed one closed")


def _newest_document() -> int:
    return max(get_document_model().objects.values_list("pk", flat=True), default=0)


def _add_document(victim: Victim, name: str, data: bytes, collection: Collection) -> Answer:
    fields = {"title": name, "collection": str(collection.pk)}
    to = "/admin/documents/multiple/add/"
    sent = {"files[]": (name, data)}
    return victim.as_("editor").upload(to, fields, sent, X_Requested_With="XMLHttpRequest")


def _is_harmless(answer: Answer) -> bool:
    policy = answer.headers.get("Content-Security-Policy", "")
    return "html" not in answer.headers["Content-Type"] and (
        "sandbox" in policy or "default-src 'none'" in policy
    )


def xml_entities(victim: Victim) -> Outcome:
    """Workbooks whose XML names files and addresses, or doubles itself a billion times"""
    admin, tally = victim.as_("admin"), Tally()
    for part in PARTS:
        plain = _import(admin, "a.xlsx", workbook_saying(part, "from"))
        tally.require(f"{part} is read without a doctype, not answered {plain.status}", _reads_rows(plain))
    with listening() as (bait, asked):
        for doctype in _doctypes(bait):
            for part in PARTS:
                got = _import(admin, "a.xlsx", workbook_saying(part, "&x;", f"<!DOCTYPE w [{doctype}]>"))
                refused = _refusal(admin, got) and b"root:x" not in got.body
                what = f"{doctype[:30]} in {part}: {got.status}, {got.seconds:.1f} s"
                tally.saw(what, wrong=not refused or got.seconds > 3)
    tally.found(f"{asked} was fetched", wrong=asked)
    return tally.outcome("refused in words; nothing read, nothing fetched")


def _doctypes(bait: str) -> Iterator[str]:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    yield '<!ENTITY x SYSTEM "file:///etc/passwd">'
    yield f'<!ENTITY x SYSTEM "{bait}/x">'
    yield f'<!ENTITY % p SYSTEM "{bait}/p"> %p;'
    yield f'<!ENTITY a0 "ha">{laughs}<!ENTITY x "&a9;">'


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody has a reason to ask, and what it was asked."""
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_GET

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def requests_by_the_server(victim: Victim) -> Outcome:
    """An address of ours, typed wherever addresses can be typed: is it fetched?"""
    tally = Tally()
    with listening() as (bait, asked):
        heard = requests.get(f"{bait}/heard", timeout=wire.PATIENCE).status_code
        tally.require("the bait hears who asks", heard == 200 and asked.pop() == "/heard")
        for typed in (_typed_by_strangers, _typed_by_staff):
            for what, stored in typed(victim, bait):
                tally.require(f"{what} was taken", stored)
                tally.saw(f"{what}: {asked}", wrong=asked)
        victim.until_delivered()
        tally.saw(f"by the mail: {asked}", wrong=asked)
    return tally.outcome("nothing was fetched")


def _typed_by_strangers(victim: Victim, bait: str) -> Iterator[tuple[str, object]]:
    words = f"{bait}/comment and {bait}/again.png"
    yield "a comment", victim.stranger().comment(victim.post.url, name="See", comment=words).status == 303
    typed = {"name": bait, "message": f"{bait}/message", "telephone": bait}
    yield "a message", victim.stranger().message(victim.contact.url, **typed).status == 303
    for header in ("Referer", "X_Forwarded_Host", "X_Callback_Url", "X_Wap_Profile", "Origin", "Forwarded"):
        yield header, victim.stranger().get("/blog/", **{header: f"{bait}/{header}"}).status == 200
    for path in ("/search/?q={}", "/admin/login/?next={}", "/blog/?tag={}", "/?url={}"):
        yield path, victim.stranger().get(path.format(bait)).status in (200, 404)
    resolved = victim.stranger().get(f"/api/v1/resolve/?path={bait}").status
    yield "a path to resolve", resolved in (404, 422)


def _typed_by_staff(victim: Victim, bait: str) -> Iterator[tuple[str, object]]:
    editor, admin = victim.as_("editor"), victim.as_("admin")
    link = {"external-link-chooser-url": f"{bait}/link", "external-link-chooser-link_text": "x"}
    chosen = editor.submit(ACCOUNT, link, to="/admin/choose-external-link/")
    yield "a link", chosen.status == 200 and f"{bait}/link" in chosen.text
    embed = {"embed-chooser-url": f"{bait}/embed.mp4"}
    refused = editor.submit(ACCOUNT, embed, to="/admin/embeds/chooser/upload/")
    yield "an embed", refused.status == 200 and "error" in refused.text
    picture = _add_picture(editor, "a.svg", f'<svg><image href="{bait}/svg"/></svg>'.encode())
    yield "a picture, refused", not _is_taken(picture)
    old = {"old_path": "/xw9-old", "redirect_link": f"{bait}/redirect", "is_permanent": "on"}
    yield "a redirect", admin.submit("/admin/redirects/add/", old).status == 302
    confirm = _import(admin, "a.csv", f"from,to\n/xw9-import,{bait}/import\n".encode())
    yield "an import", _reads_rows(confirm)
    sent = {**dict(HIDDEN.findall(confirm.text)), "from_index": "0", "to_index": "1"}
    yield "its rows", admin.post("/admin/redirects/import/process/", sent).status == 302
    for path in ("redirect", "import"):
        led = victim.stranger().get(f"/xw9-{path.replace('redirect', 'old')}").headers.get("Location", "")
        yield f"a look at the {path}", led == f"{bait}/{path}"


ATTACKS = (
    paths_outside,
    disguised_pictures,
    bombs,
    camera_data,
    files_with_messages,
    documents,
    xml_entities,
    requests_by_the_server,
)

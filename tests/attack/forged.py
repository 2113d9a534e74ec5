"""Requests that say they are something else: another site's form, another host, a proxy, another method."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, count
from urllib.parse import quote, urlencode, urlsplit

from blog.comments.models import ReaderComment
from tests.attack import wire
from tests.attack.browser import FORM, OURS, Answer
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.victim import Victim
from tests.factories import PASSWORD, CommentFactory

Sent = dict[str, str | None]

EVIL = "https://evil.example"
NAMED = "https://app.example.org"  # the one front end the owner has named
ORIGINS = (
    EVIL,
    "null",
    "http://localhost.evil.example",
    "https://localhost.evil.example",
    "https://evillocalhost",
    "https://localhost@evil.example",
    "https://localhost:444",
    f"{EVIL}, {OURS}",
)
FOREIGN: tuple[Sent, ...] = (
    *({"Origin": origin} for origin in ORIGINS),
    {"Origin": EVIL, "Sec_Fetch_Site": "same-origin"},
    {"Origin": EVIL, "Referer": f"{OURS}/"},
    {"Origin": "", "Sec_Fetch_Site": "cross-site"},
    {"Origin": None, "Sec_Fetch_Site": "cross-site"},
    {"Origin": None, "Sec_Fetch_Site": "same-site"},
)
# Without an Origin a client is no browser on the public site; in the admin it lacks the token.
NO_TOKEN: tuple[Sent, ...] = (
    *FOREIGN,
    {"Origin": None, "Referer": f"{EVIL}/"},
    {"Origin": None},
    {"Origin": OURS},
)
PLAIN = (FORM, "text/plain", "multipart/form-data; boundary=x", "")
NAMES = {"name_email-first_name": "Ada", "name_email-last_name": "Admin"}
OK = b"HTTP/1.1 200 "
LOG_INS = 8  # which take a second each
HOSTS = (
    "evil.example",
    "localhost.evil.example",
    "localhost:80@evil.example",
    "evil.example#localhost",
    "localhost/evil.example",
    "[::1",
    " ",
    "localhost%00evil",
    "xn--80ak6aa92e.com",
    "localhost,evil.example",
    "127.0.0.2",
    "0",
    "a" * 300,
)
HEADS_WITH_HOSTS = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost",
    b"GET / HTTP/1.1\r\nhost : localhost",
    b"GET / HTTP/1.1\r\nX: y",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost",
)
SAYS_HTTPS = (
    "X-Forwarded-Proto: https",
    "X_Forwarded_Proto: https",
    "X-Forwarded-Ssl: on",
    "X-Forwarded-Scheme: https",
    "Forwarded: proto=https",
)
SAYS_HOST = (
    "X-Forwarded-Host",
    "X-Host",
    "X-Original-Host",
    "X-Forwarded-Server",
    "Forwarded",
    "X-Original-Url",
    "X-Rewrite-Url",
)
LINE_ENDS = ("%0d%0a", "%0a", "%0d", "%E5%98%8A%E5%98%8D", "%u000a", "%c4%8d%c4%8a", "%250d%250a")
LINES = (
    "/{}",
    "/admin/login/?next=/admin/{}",
    "/blog{}",
    "/search/?q={}",
    "/admin{}",
    "/_util/login/?next={}",
    "/a-quiet-hour{}/",
    "/blog/a-quiet-hour/?sent={}",
)
ELSEWHERE = (
    EVIL,
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "//evil.example/%2f..",
    "/%09/evil.example",
    "/%5cevil.example",
    "javascript:alert(1)",
    "https://localhost@evil.example",
    "https://localhost.evil.example",
    "//localhost:1@evil.example",
    "data:text/html,x",
    " https://evil.example",
    "\thttps://evil.example",
    "%2f%2fevil.example",
    "https://evil.example\\@localhost",
    "ftp://evil.example",
    "//evil%E3%80%82example",
    "http://[::ffff:evil.example]",
    "/./\\evil.example",
    "//\\evil.example",
    "https://evil.example/#localhost",
    "?next=//evil.example",
    "//evil.example:443/",
)
CLAIMS: Sent = {
    "X_Forwarded_Host": "xw7.example",
    "X_Forwarded_Scheme": "http",
    "X_Original_Url": "/xw7",
    "User_Agent": "xw7",
    "Accept_Language": "xw7",
    "Referer": "https://xw7.example/",
}
NAMED_LIKE_FILES = (
    "/admin/comments/x.css",
    "/admin/account/x.js",
    "/admin/comments/%2e%2e/static/x.css",
    "/admin/account/;x.css",
)
HIDDEN = b"GET /xw9-smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
SIZE = b"%d" % len(HIDDEN)
LENGTHS = (
    b"Content-Length: " + SIZE + b"\r\nContent-Length: 0\r\n\r\n",
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\nContent-Length: " + SIZE + b"\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\nContent-Length: " + SIZE + b"\r\n\r\n",
    b"Transfer-Encoding : chunked\r\nContent-Length: " + SIZE + b"\r\n\r\n",
    b"Transfer_Encoding: chunked\r\nContent-Length: " + SIZE + b"\r\n\r\n",
    b"Transfer-Encoding:\x0bchunked\r\nContent-Length: " + SIZE + b"\r\n\r\n",
    b"Content-Length: " + SIZE + b", 0\r\n\r\n",
    b"Content-Length: +" + SIZE + b"\r\n\r\n",
    b"Content-Length: 0x1\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
)
METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "DEBUG", "TRACK", "QUERY", "XYZZY")
OVERRIDES = ("X_HTTP_Method_Override", "X_HTTP_Method", "X_Method_Override")
READ_ONLY = (
    "/",
    "/blog/",
    "/blog/a-quiet-hour/",
    "/admin/",
    "/api/v1/posts/",
    "/static/css/site.css",
    "/healthz",
    "/search/",
    "/admin/login/",
)


def posts_from_other_sites(victim: Victim) -> Outcome:
    """Forms of other sites, at the public forms, in the admin and at the log-in"""
    tally = Tally()
    tally.require("our own comment form is taken", _comment_from(victim, {}).status == 303)
    tally.require("our own contact form is taken", _message_from(victim, {}).status == 303)
    tally.require("our own log-in is taken", victim.stranger().log_in("plain", PASSWORD).status == 302)
    own = victim.anew("admin").save_account(**NAMES)
    tally.require("our own form of the admin is taken", own.status == 302)
    before = ReaderComment.objects.count()
    doors = (_comment_from, _message_from, _log_in_from, *map(_admin_form_from, _admin_doors(victim)))
    for number, post in enumerate(doors):
        for headers in FOREIGN if number < 2 else NO_TOKEN:
            answer = post(victim, headers)
            tally.saw(f"door {number}: {answer.status} for {headers}", wrong=answer.status != 403)
    tally.found("a comment was kept", wrong=ReaderComment.objects.count() != before)
    return tally.outcome("403 to all; our own are taken")


def _comment_from(victim: Victim, headers: Sent) -> Answer:
    stranger = victim.stranger()
    form = stranger.comment_form(victim.post.url)
    typed = {"name": "a", "email": "a@example.org", "comment": f"From {headers}"[:500]}
    return stranger.post(victim.post.url, {**form, **typed}, **headers)


def _message_from(victim: Victim, headers: Sent) -> Answer:
    typed = {"name": "a", "email": "a@example.org", "message": "b"}
    return victim.stranger().post(victim.contact.url, typed, **headers)


def _log_in_from(victim: Victim, headers: Sent) -> Answer:
    """As who would have somebody logged in as the attacker."""
    typed = {"username": "plain", "password": PASSWORD}
    return victim.stranger().post("/admin/login/", typed, **headers)


def _admin_doors(victim: Victim) -> list[tuple[str, dict[str, str]]]:
    held = victim.comments["held"]
    return [
        ("/admin/comments/batch/", {"do": "approve", "comment": f"{held.pk}:{held.version}"}),
        ("/admin/account/", {"password-new_password1": "x"}),
        ("/admin/users/add/", {"username": "eve"}),
        ("/admin/logout/", {}),
        (f"/admin/pages/{victim.post.pk}/delete/", {}),
        ("/admin/privacy/", {"do": "erase for good", "email": "a@example.org"}),
    ]


def _admin_form_from(door: tuple[str, dict[str, str]]):
    url, fields = door
    guessed = {**fields, "csrfmiddlewaretoken": "a" * 64}
    return lambda victim, headers: victim.as_("admin").post(url, guessed, **headers)


def api_posts_from_other_sites(victim: Victim) -> Outcome:
    """The API's doors, posted to by other sites and by plain forms"""
    tally, answers, numbers = Tally(), [], count()
    victims = [CommentFactory(page=victim.post, text=f"To be thrown away {n}") for n in range(2)]
    program = victim.program_of("moderator")
    doors = {
        f"/api/v1/posts/{victim.post.pk}/comments/": victim.stranger(),
        f"/api/v1/contact/{victim.contact.pk}/": victim.stranger(),
        f"/api/v1/comments/{victim.comments['approved'].pk}/report/": victim.stranger(),
        f"/api/v1/moderation/comments/{victims[0].pk}/trash/": program,
    }

    def body() -> str:
        words = f"Sent from elsewhere {next(numbers)}"
        typed = {"name": "a", "email": "a@example.org", "comment": words, "message": words}
        return json.dumps({**typed, "reason": "spam", "version": victims[0].version})

    for door, browser in doors.items():
        status = browser.post_json(door, body()).status
        tally.require(f"{door} takes it from who may, not {status}", 200 <= status < 300)
    aimed = [door.replace(f"/{victims[0].pk}/trash", f"/{victims[1].pk}/trash") for door in doors]
    plain = [{"Content_Type": kind, "Origin": None} for kind in PLAIN]
    for door in aimed:
        for headers in (*({"Content_Type": "application/json", **each} for each in FOREIGN), *plain):
            for browser in (victim.stranger(), victim.as_("moderator")):
                status = browser.ask("POST", door, body(), **headers).status
                answers.append(status)
                tally.saw(f"{door}: {status} for {headers}", wrong=status not in (401, 403, 415))
    victims[1].refresh_from_db()
    tally.found("a comment was thrown away", wrong=victims[1].status != "pending")
    return tally.outcome(statuses(answers))


def origins_of_scripts(victim: Victim) -> Outcome:
    """Scripts of other sites that ask to read, with preflights and with cookies"""
    paths = ("/", victim.post.url, "/api/v1/posts/", "/api/v1/moderation/comments/", "/admin/", "/readyz")
    tally = Tally()
    named = victim.stranger().get("/api/v1/posts/", Origin=NAMED)
    asked = _preflight(victim, "/api/v1/posts/", NAMED)
    for answer in (named, asked):
        tally.require("the named one may", answer.headers.get("Access-Control-Allow-Origin") == NAMED)
        tally.saw("it may send cookies", wrong=answer.headers.get("Access-Control-Allow-Credentials"))
    for origin in ORIGINS:
        for path in paths:
            for answer in (victim.as_("admin").get(path, Origin=origin), _preflight(victim, path, origin)):
                tally.saw(f"{origin} {path}", wrong=answer.headers.get("Access-Control-Allow-Origin"))
    return tally.outcome("none may; the named one may, without cookies")


def _preflight(victim: Victim, path: str, origin: str) -> Answer:
    wish = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}
    return victim.stranger().ask("OPTIONS", path, Origin=origin, **wish)


def hosts(victim: Victim) -> Outcome:
    """Foreign, doubled, empty and odd hosts"""
    begun, tally = len(victim.log().splitlines()), Tally()
    for name in HOSTS:
        for path in ("/", "/admin/login/", "/api/v1/posts/", "/admin/password_reset/"):
            status = victim.stranger().get(path, Host=name).status
            tally.saw(f"{name} {path}: {status}", wrong=status != 400)
    tally.require("our own is answered", _raw(victim, b"GET / HTTP/1.1\r\nHost: localhost").startswith(OK))
    for head in HEADS_WITH_HOSTS:
        got = _raw(victim, head)
        wrong = not got.startswith(b"HTTP/1.1 400 ") or b"evil.example" in got
        tally.saw(f"{head!r}: {got[:20]!r}", wrong=wrong)
    lines = len(victim.log().splitlines()) - begun
    tally.found(f"{lines} lines of the log", wrong=lines > tally.tries)
    return tally.outcome(f"400 to all, lines of the log: {lines}")


def _raw(victim: Victim, head: bytes, *, source: str = wire.PROXY) -> bytes:
    """Send a head as it stands, with what the proxy adds, and return all that comes back."""
    added = b"\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: %s\r\n" % next(victim.addresses).encode()
    with wire.connect(victim.port, head + added + b"Connection: close\r\n\r\n", source=source) as line:
        return wire.answer(line)


def forwarded_headers(victim: Victim) -> Outcome:
    """X-Forwarded and its kind, by hyphen and underscore, past the proxy and through it"""
    tally = Tally()
    tally.require("the proxy is believed", _with_line(victim, SAYS_HTTPS[0], wire.PROXY).startswith(OK))
    for line in SAYS_HTTPS:
        past = _with_line(victim, line, wire.DIRECT)
        tally.saw(f"{line} past the proxy: {past[:20]!r}", wrong=not past.startswith(b"HTTP/1.1 301 "))
    for line in SAYS_HTTPS[1:]:
        through = _with_line(victim, line, wire.PROXY)
        tally.saw(f"{line} through it: {through[:20]!r}", wrong=not through.startswith(b"HTTP/1.1 301 "))
    for name in SAYS_HOST:
        for written in {name, name.replace("-", "_")}:
            got = _raw(
                victim, f"GET /blog/feed/ HTTP/1.1\r\nHost: localhost\r\n{written}: evil.example".encode()
            )
            tally.saw(f"{written}: {got[:20]!r}", wrong=b"evil.example" in got or not got.startswith(OK))
    answers = [_comment_claiming(victim, "X-Forwarded-For", number) for number in range(12)]
    answers += [_comment_claiming(victim, "X_Forwarded_For", number) for number in range(12)]
    for way in (answers[:12], answers[12:]):
        tally.require("the first are taken", b"303" in way)
        for taken in accumulate(status == b"303" for status in way):
            tally.saw(f"{taken} comments of one client under made-up addresses", wrong=taken > 6)
    return tally.outcome(f"none believed; comments: {statuses(int(status) for status in answers)}")


def _with_line(victim: Victim, line: str, source: str) -> bytes:
    head = wire.head("GET", "/blog/", line, "Connection: close")
    with wire.connect(victim.port, head, source=source) as raw:
        return wire.answer(raw)


def _comment_claiming(victim: Victim, header: str, number: int) -> bytes:
    """Send a comment under a made-up address, each by the same client; return its status."""
    typed = {"name": "F", "email": "f@example.org", "comment": f"Forwarded by {header} {number}"}
    body = urlencode({**victim.stranger().comment_form(victim.post.url), **typed}).encode()
    client = {"X-Forwarded-For": "10.250.1.1", "X_Forwarded_For": "10.250.2.1"}[header]
    made_up = f"192.0.2.{number}"
    lines = [
        f"X-Real-Ip: {made_up}",
        f"X_Real_Ip: {made_up}",
        f"Client-Ip: {made_up}",
        f"Content-Type: {FORM}",
    ]
    lines += [
        f"Origin: {OURS}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "X-Forwarded-Proto: https",
    ]
    if header == "X-Forwarded-For":  # the proxy adds whom it saw
        lines.append(f"X-Forwarded-For: {made_up}, {client}")
    else:  # some proxies pass it on beside their own
        lines += [f"X_Forwarded_For: {made_up}", f"X-Forwarded-For: {client}", f"X_Forwarded_For: {made_up}"]
    with wire.connect(
        victim.port, wire.head("POST", victim.post.url, *lines) + body, source=wire.PROXY
    ) as raw:
        return wire.answer(raw)[9:12]


def header_lines(victim: Victim) -> Outcome:
    """Line ends in paths and queries, to write headers of an answer"""
    tally, answers = Tally(), []
    set_by = victim.stranger().get("/admin/login/?next=/admin/").headers.get_all("Set-Cookie", [])
    tally.require("a cookie that is set is seen", set_by)
    for end in LINE_ENDS:
        for path in LINES:
            answer = victim.stranger().get(path.format(f"{end}Set-Cookie:xw9=1"))
            answers.append(answer.status)
            names = [line.partition("=")[0] for line in answer.headers.get_all("Set-Cookie", [])]
            tally.saw(path, wrong="xw9" in names or answer.status >= 500)
    tally.require("some redirect, where it would be written", any(300 <= status < 400 for status in answers))
    return tally.outcome(f"{statuses(answers)}; no header was written")


def open_redirects(victim: Victim) -> Outcome:
    """Ways to name another site where the site redirects"""
    tally, led = Tally(), 0
    inside = victim.stranger().log_in("plain", PASSWORD, next="/admin/account/")
    tally.require(
        "a log-in leads on", (inside.status, inside.headers["Location"]) == (302, "/admin/account/")
    )
    for number, to in enumerate(ELSEWHERE):
        for answer in _asked_to_lead(victim, to):
            location = answer.headers.get("Location", "")
            led += bool(location)
            tally.saw(f"{to}: {location}", wrong=_leads_away(location))
        if number < LOG_INS:
            answer = victim.stranger().log_in("plain", PASSWORD, next=to)
            location = answer.headers.get("Location", "")
            tally.require(f"the log-in is taken, not {answer.status}", answer.status == 302)
            tally.saw(f"log-in to {to}: {location}", wrong=_leads_away(location))
    tally.require("some redirect", led)
    return tally.outcome(f"{len(ELSEWHERE)} names; {led} redirects, none led away")


def _asked_to_lead(victim: Victim, to: str) -> Iterator[Answer]:
    as_path = quote(to, safe="/:")
    yield victim.stranger().get(f"/_util/login/?next={quote(to)}")
    yield victim.stranger().get(f"/{quote(to, safe='/:%@?#[]')}")
    yield victim.as_("reader").get(f"/admin/login/?next={quote(to)}")
    yield victim.stranger().get(f"/blog{as_path}")
    yield victim.stranger().get(f"/admin{as_path}")


def _leads_away(location: str) -> bool:
    try:
        host = urlsplit(location.replace("\\", "/").strip()).netloc
    except ValueError:
        return True
    return location.strip().lower().startswith(("javascript:", "data:")) or host not in ("", "localhost")


def poisoned_caches(victim: Victim) -> Outcome:
    """Claims of one visitor that a cache would give to others; pages with the names of files"""
    tally = Tally()
    pages = ("/", "/blog/", victim.post.url, victim.contact.url, "/blog/feed/", "/sitemap.xml", "/robots.txt")
    for path in (*pages, "/api/v1/posts/", "/nowhere-xw8/", "/static/xw8.css"):
        answer = victim.stranger().get(path, **CLAIMS)
        there = 404 if "xw8" in path else 200
        tally.require(f"{path} is answered {there}, not {answer.status}", answer.status == there)
        tally.saw(f"{path} says it again", wrong=b"xw7" in answer.whole)
        tally.saw(f"{path} sets a cookie", wrong=victim.stranger().get(path).headers.get("Set-Cookie"))
    for what, answer in _personal(victim, tally):
        said = answer.headers.get("Cache-Control", "no Cache-Control")
        tally.require(f"{what} is there, not {answer.status}", answer.status == 200)
        tally.saw(f"{what}: {said}", wrong="private" not in said or "no-store" not in said)
    for path in NAMED_LIKE_FILES:
        status = victim.as_("moderator").get(path).status
        tally.saw(f"{path}: {status}", wrong=status not in (301, 302, 404))
    return tally.outcome("nothing of one visitor")


def _personal(victim: Victim, tally: Tally) -> Iterator[tuple[str, Answer]]:
    author = victim.stranger()
    author.comment(victim.post.url, comment="Kept from caches.")
    tally.require("the author has a cookie", author.cookies)
    yield "an author's page", author.get(victim.post.url)
    yield "the desk", victim.as_("moderator").get("/admin/comments/")
    yield "a private page", victim.as_("reader").get(victim.private.url)
    yield "a page with a user bar", victim.as_("admin").get(victim.post.url)


def smuggled_requests(victim: Victim) -> Outcome:
    """Two lengths, both kinds of length, odd chunks, to hide one request in another"""
    tally, first = Tally(), Counter()
    honest = _answers_to(victim, b"Content-Length: 0\r\n\r\n")
    tally.require(f"two that follow each other are told apart: {honest}", len(honest) == 2)
    for lengths in LENGTHS:
        answers = _answers_to(victim, lengths)
        first.update(answers[:1])
        wrong = not answers or len(answers) > 1 and answers[0] != 400
        tally.saw(f"{lengths[:50]!r}: {answers}", wrong=wrong)
    return tally.outcome(f"{statuses(first.elements())}; one answer to each")


def _answers_to(victim: Victim, lengths: bytes) -> list[int]:
    begun = wire.head("POST", "/blog/", "X-Forwarded-Proto: https").removesuffix(b"\r\n")
    with wire.connect(victim.port, begun + lengths + HIDDEN, source=wire.PROXY) as raw:
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", wire.answer(raw))]


def methods(victim: Victim) -> Outcome:
    """Odd methods, and headers and fields that ask for another one"""
    tally, answers = Tally(), []
    for path in READ_ONLY:
        status = victim.stranger().get(path).status
        tally.require(f"{path} is there, not {status}", status in (200, 302))
        for method in METHODS:
            status = victim.stranger().ask(method, "localhost:443" if method == "CONNECT" else path).status
            answers.append(status)
            tally.saw(f"{method} {path}: {status}", wrong=status not in (302, 400, 403, 405, 501))
    door, typed = f"/api/v1/posts/{victim.post.pk}/comments/", {"name": "Own", "email": "own@example.org"}
    mine = victim.stranger().post_json(door, {**typed, "comment": "Not to be deleted by a GET."}).json()
    own, bearer = f"/api/v1/comments/{mine['id']}/", {"Authorization": f"Bearer {mine['token']}"}
    for header in OVERRIDES:
        status = victim.stranger().get(own, **bearer, **{header: "DELETE"}).status
        tally.saw(f"{header}: {status}", wrong=status != 200)
        fields = {"_method": "DELETE"}
        status = (
            victim.stranger().post(f"{own}?_method=DELETE", fields, **bearer, **{header: "DELETE"}).status
        )
        tally.saw(f"{header} with a form: {status}", wrong=status not in (403, 405, 415))
    tally.require("it is still there", victim.stranger().get(own, **bearer).status == 200)
    status = victim.stranger().ask("DELETE", own, **bearer).status
    gone = ReaderComment.objects.get(pk=mine["id"]).status == "withdrawn"
    tally.require(f"a DELETE deletes it, not {status}", gone)
    return tally.outcome(statuses(answers))


def doubled_parameters(victim: Victim) -> Outcome:
    """Fields and parameters that come twice, with other values"""
    tally, answers = Tally(), list(_doubled(victim))
    for answer in answers:
        tally.saw(answer.status, wrong=answer.status not in (200, 202, 303, 422))
    kept = list(ReaderComment.objects.filter(comment__icontains="oubled"))
    said = {comment.comment for comment in kept}
    tally.require(
        f"those with doubled fields were kept, not {said}", {"Doubled twice.", "JSON doubled"} <= said
    )
    for comment in kept:
        tally.saw(f"on page {comment.page_id}", wrong=comment.page_id != victim.post.pk or comment.is_public)
        tally.saw(f"by {comment.user_name}", wrong=comment.user_name not in ("Second", "b"))
    return tally.outcome(f"{statuses(answer.status for answer in answers)}; the last value counts")


def _doubled(victim: Victim) -> Iterator[Answer]:
    twice = [("name", "First"), ("name", "Second"), ("email", "a@example.org"), ("email", "b@example.org")]
    form = victim.stranger().comment_form(victim.post.url)
    typed = [*form.items(), *twice, ("comment", "Doubled."), ("comment", "Doubled twice.")]
    draft = str(victim.draft.pk)
    yield victim.stranger().post(victim.post.url, typed)
    yield victim.stranger().post(f"{victim.post.url}?object_pk={draft}", [*typed, ("object_pk", draft)])
    yield victim.stranger().get("/api/v1/posts/?limit=1&limit=100&tag=a&tag=b")
    yield victim.stranger().get("/blog/?page=1&page=x&tag=a&tag=")
    yield victim.stranger().get("/search/?q=a&q=b")
    body = '{"name": "a", "name": "b", "email": "a@example.org", "comment": "JSON doubled"}'
    for asked in ("", "?name=x"):  # what an operation does not read is refused
        yield victim.stranger().post_json(f"/api/v1/posts/{victim.post.pk}/comments/{asked}", body)


ATTACKS = (
    posts_from_other_sites,
    api_posts_from_other_sites,
    origins_of_scripts,
    hosts,
    forwarded_headers,
    header_lines,
    open_redirects,
    poisoned_caches,
    smuggled_requests,
    methods,
    doubled_parameters,
)

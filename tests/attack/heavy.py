"""Input that is large, long, deep or slow to work on. Each is answered soon, and readers meanwhile."""

from collections.abc import Iterator
from urllib.parse import quote

from tests.attack import wire
from tests.attack.browser import FORM, OURS, Answer
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.victim import Victim
from tests.factories import CommentFactory

SOON = 1.5  # seconds for one answer, on a machine that does other things as well
MEGABYTE = 1024 * 1024
TOO_LARGE = 3 * MEGABYTE
MARKS = "a" + "\u0315\u0300\u05ae\u0bbf\u0f39" * 7_500  # in the order that takes longest to sort
LONG = {
    "marks": MARKS,
    "letters": "x" * 80_000,
    "at signs": "@" * 80_000,
    "dots": "." * 80_000,
    "spaces": " " * 80_000 + "x",
    "addresses": "a@b." * 20_000,
    "links": "http://a.b/ " * 7_000,
    "brackets": "http://a.b/" + "(" * 80_000,
    "line ends": "\r\n" * 40_000,
    "entities": "&amp;" * 16_000,
    "digits": "9" * 80_000,
    "joined letters": "\U0001f468\u200d" * 20_000,
}
HEADERS = (
    "Origin",
    "Referer",
    "Cookie",
    "Accept",
    "Accept-Language",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
    "Authorization",
    "Idempotency-Key",
    "User-Agent",
    "X-Forwarded-Host",
    "Content-Type",
    "Host",
)
PATHS = (
    "/{}",
    "/blog/{}/",
    "/media/images/{}",
    "/static/{}",
    "/documents/1/{}",
    "/admin/{}",
    "/mail/confirm/{}/",
    "/api/v1/posts/{}/",
    "/search/?q={}",
    "/blog/?tag={}",
    "/api/v1/resolve/?path={}",
    "/api/v1/search/?q={}",
    "/admin/login/?next={}",
)
DOORS = (
    "/",
    "/blog/",
    "/nowhere/",
    "/admin/login/",
    "/admin/",
    "/api/v1/nowhere/",
    "/static/x",
    "/admin/images/multiple/add/",
    "/mail/confirm/x/",
)
MULTIPART = "multipart/form-data; boundary=x"
KINDS = (FORM, "application/json", MULTIPART, "text/plain", "")
PART = b'Content-Disposition: form-data; name="f%d"; filename="a"\r\n\r\na\r\n'
LENGTHS = (7_500, 30_000)  # of which the front passes one on, and refuses the other
ODD_LINES = ("a@" * 3_700, "a" * 7_400 + "@", '"' * 2_400, "%25" * 2_400 + "40", "&#" * 1_800, "a @" * 1_500)
BODIES = (
    "[" * 100_000,
    '{"a":' * 40_000,
    '{"name":' + "[" * 90_000 + "]" * 90_000 + "}",
    '{"reply_to":1' + "0" * 90_000 + "}",
    '{"reply_to":1e999,"name":"a","comment":"b"}',
    '{"reply_to":NaN,"name":"a","comment":"b"}',
    '{"name":"\\ud800","comment":"b","email":"a@b.example"}',
    "{" + '"name":"a",' * 15_000 + '"name":"b"}',
    '"' + "\\u0000" * 20_000 + '"',
    "\ufeff{}",
    "null",
    "[]",
    "1",
    "",
)


def too_large_bodies(victim: Victim) -> Outcome:
    """Bodies of 3 MB at eleven kinds of address, of five types, of said and of no said length"""
    tally, answers = Tally(), []
    for door in (*DOORS, f"/api/v1/posts/{victim.post.pk}/comments/", victim.post.url):
        small = victim.stranger().ask("POST", door, b"a=b", Content_Type=FORM).status
        tally.require(f"a small one is not too large at {door}: {small}", 200 <= small < 500 and small != 413)
        for kind in KINDS:
            answers.append(victim.stranger().ask("POST", door, b"a" * TOO_LARGE, Content_Type=kind).status)
            tally.saw(f"{door} {kind}: {answers[-1]}", wrong=answers[-1] != 413)
        answers.append(_in_chunks(victim, door))
        tally.saw(f"{door} of no said length: {answers[-1]}", wrong=answers[-1] != 413)
    return tally.outcome(statuses(answers))


def _in_chunks(victim: Victim, door: str) -> int:
    head = wire.head("POST", door, "Transfer-Encoding: chunked", "X-Forwarded-Proto: https")
    with wire.connect(victim.port, head, source=wire.PROXY) as line:
        chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
        try:
            for _ in range(TOO_LARGE // 65_536):
                line.sendall(chunk)
        except OSError:
            pass  # answered meanwhile
        return wire.status(line)


def long_values_in_every_field(victim: Victim) -> Outcome:
    """Up to 80,000 characters of awkward kinds in twelve fields"""
    tally, answers = Tally(), []
    url, api = victim.contact.url, f"/api/v1/posts/{victim.post.pk}/comments/"
    words = {"name": "Ann", "email": "ann@example.org", "comment": "As long as usual."}
    tally.require(
        "a usual comment is taken", victim.stranger().comment(victim.post.url, **words).status == 303
    )
    tally.require("a usual message is taken", victim.stranger().message(url, message="Usual.").status == 303)
    usual = victim.stranger().post_json(api, {**words, "comment": "As long as usual, in JSON."})
    tally.require(f"usual JSON is taken, not {usual.status}", usual.status == 202)
    for where, what, got in _long_posts(victim):
        answers.append(got.status)
        late = got.seconds > SOON or got.status not in (303, 422, 413, 202)
        tally.saw(f"{what} in {where}: {got.status} after {got.seconds:.1f} s", wrong=late)
    return tally.outcome(f"{statuses(answers)}, each within {SOON} s")


def _long_posts(victim: Victim) -> Iterator[tuple[str, str, Answer]]:
    form = victim.stranger().comment_form(victim.post.url)
    words = {
        "name": "Ann",
        "email": "ann@example.org",
        "comment": "Hello",
        "message": "Hello",
        "telephone": "",
    }
    api = f"/api/v1/posts/{victim.post.pk}/comments/"
    for what, value in LONG.items():
        for field in ("name", "email", "comment", "security_hash"):
            sent = {**form, **words, field: value}
            yield f"comment {field}", what, victim.stranger().post(victim.post.url, sent)
        for field in ("name", "email", "message", "telephone", "seal"):
            yield (
                f"message {field}",
                what,
                victim.stranger().post(victim.contact.url, {**words, field: value}),
            )
        for field in ("name", "email", "comment"):
            yield f"JSON {field}", what, victim.stranger().post_json(api, {**words, field: value})


def long_headers_and_paths(victim: Victim) -> Outcome:
    """7,500 and 30,000 characters in fourteen headers and thirteen kinds of address"""
    tally, answers = Tally(), []
    answer = victim.stranger().get("/blog/", Referer="a@")
    tally.require("a short one is answered", "A quiet hour" in answer.text)
    for value in (
        each * (length // len(each)) for length in LENGTHS for each in ("a@", ".", "%40", "a,", "../")
    ):
        asked = [(name, "/blog/", {name.replace("-", "_"): value}) for name in HEADERS]
        asked += [(path, path.format(quote(value, safe="@./%,")), {}) for path in PATHS]
        for where, path, headers in asked:
            answer = victim.stranger().get(path, **headers)
            answers.append(answer.status)
            _judge(tally, f"{len(value):,} × {value[:3]} in {where}", answer)
    tally.require("the shorter ones are read, the longer refused", {200, 404, 414, 431} <= set(answers))
    tally.require("it still answers", victim.stranger().get("/blog/").status == 200)
    return tally.outcome(f"{statuses(answers)}, each within {SOON} s")


def _judge(tally: Tally, what: str, answer: Answer) -> None:
    """Count a try that must be answered soon, and not by a fault."""
    late = answer.seconds > SOON or answer.status >= 500
    tally.saw(f"{what}: {answer.status} after {answer.seconds:.1f} s", wrong=late)


def deep_json(victim: Victim) -> Outcome:
    """JSON of 100,000 levels, huge numbers, lone surrogates"""
    tally, answers = Tally(), []
    comment = CommentFactory(page=victim.post, text="To be reported.", approved=True)
    doors = {
        f"/api/v1/posts/{victim.post.pk}/comments/": {
            "name": "a",
            "email": "a@b.example",
            "comment": "Flat.",
        },
        f"/api/v1/contact/{victim.contact.pk}/": {"name": "a", "email": "a@b.example", "message": "Flat."},
        f"/api/v1/comments/{comment.pk}/report/": {"reason": "spam"},
    }
    for door, flat in doors.items():
        status = victim.stranger().post_json(door, flat).status
        tally.require(f"flat JSON is taken at {door}, not answered {status}", 200 <= status < 300)
        for body in BODIES:
            got = victim.stranger().post_json(door, body.encode())
            answers.append(got.status)
            refused = got.status in (400, 413, 422) and got.seconds <= SOON
            tally.saw(f"{body[:12]} at {door}: {got.status}, {got.seconds:.1f} s", wrong=not refused)
    return tally.outcome(f"{statuses(answers)}, each within {SOON} s")


def many_fields(victim: Victim) -> Outcome:
    """Forms of 12,000 fields, 1,000 parts and 12,000 parameters"""
    tally, page, answers = Tally(), victim.post.url, []
    parts = b"".join(b"--x\r\n" + PART % number for number in range(1000)) + b"--x--\r\n"
    bodies = (("a=1&" * 12_000, FORM), (parts, MULTIPART), (b"--x\r\n" * 20_000, MULTIPART))
    usual = victim.stranger().ask("POST", page, "a=1&a=1", Content_Type=FORM, Origin=OURS).status
    tally.require(f"a form of few is read, not answered {usual}", usual == 422)
    for body, kind in bodies:
        got = victim.stranger().ask("POST", page, body, Content_Type=kind, Origin=OURS)
        answers.append(got.status)
        wrong = got.status not in (400, 413) or got.seconds > SOON
        tally.saw(f"{got.status} after {got.seconds:.1f} s", wrong=wrong)
    tally.require("a search of few is answered", victim.stranger().get("/search/?q=a&q=a").status == 200)
    got = victim.stranger().get("/search/?" + "q=a&" * 12_000)
    answers.append(got.status)
    tally.saw(f"{got.status} after {got.seconds:.1f} s", wrong=got.status != 414 or got.seconds > SOON)
    return tally.outcome(statuses(answers))


def expensive_questions(victim: Victim) -> Outcome:
    """Pages and limits beyond all bounds, searches of many words and wildcards"""
    tally, answers, api = Tally(), [], f"/api/v1/posts/{victim.post.pk}/comments/"
    words = ("a*" * 90, "%22" * 90, "NEAR(" * 30, "a+" * 300, "-a+" * 90, "%25" * 90)
    asked = [
        *(f"/blog/?page={number}" for number in (999_999, 10**18, -1, "x", "1e9", "9" * 500)),
        *(f"/api/v1/posts/?limit={number}" for number in (10**9, -1, 0, "x", "9" * 500)),
        *(f"{api}?limit={number}" for number in (10**9, -1)),
        *(f"/search/?q={each}" for each in words),
        *(f"{victim.post.url}?after={number}" for number in (10**18, 10**30, "x")),
        *(f"/api/v1/posts/?cursor={value}" for value in ("x" * 500, "9" * 30, "%00", "e30=")),
    ]
    for path in ("/blog/?page=1", "/api/v1/posts/?limit=50", "/search/?q=quiet"):
        tally.require(f"{path} finds the post", "A quiet hour" in victim.stranger().get(path).text)
    for path in asked:
        got = victim.stranger().get(path)
        answers.append(got.status)
        wrong = got.status not in (200, 404, 422) or got.seconds > SOON
        tally.saw(f"{path[:40]}: {got.status}, {got.seconds:.1f} s", wrong=wrong)
    return tally.outcome(statuses(answers))


def log_lines_that_take_long(victim: Victim) -> Outcome:
    """Addresses and at signs by the thousand, where the log looks for addresses"""
    tally, begun = Tally(), len(victim.log())
    for value in ODD_LINES:
        named = quote(value, safe="@%&")
        asked = {
            "origin": victim.stranger().get("/api/v1/posts/", Origin=value),
            "path": victim.stranger().get(f"/media/images/{named}"),
            "host": victim.stranger().get("/", Host=value.replace(" ", "")),
            "log-in": victim.stranger().get(f"/admin/login/?next={named}", Referer=value),
        }
        for where, answer in asked.items():
            read = answer.status not in (414, 431)
            tally.require(f"{where} {value[:8]} is not too long to be read: {answer.status}", read)
            _judge(tally, f"{where} {value[:8]}", answer)
    written = victim.log()[begun:]
    tally.require("lines were written", written.count("Refused a request") >= len(ODD_LINES))
    tally.found("the log grew long", wrong=len(written) > 2_000 * tally.tries)
    return tally.outcome(f"each answered within {SOON} s; {len(written):,} characters of log")


ATTACKS = (
    too_large_bodies,
    long_values_in_every_field,
    long_headers_and_paths,
    deep_json,
    many_fields,
    expensive_questions,
    log_lines_that_take_long,
)

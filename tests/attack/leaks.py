"""What answers tell: addresses, what runs behind them, what a header should have forbidden."""

import re
from urllib.parse import quote

from home.contact.models import ContactMessage
from tests import crawl
from tests.attack import wire
from tests.attack.browser import Answer
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.victim import COLLEAGUE, HIDDEN_WORDS, READERS, ROLES, SENDER, Victim

SECRET = (*READERS.values(), SENDER, COLLEAGUE)

NEVER = ("X-Powered-By", "X-AspNet-Version", "X-Django-Version", "Via", "X-Runtime", "X-Debug")
BEHIND = re.compile(
    r"Traceback|File \"|django/|site-packages|wagtail \d|Django/\d|Python/\d"
    r"|/work/|/home/|/root/|/srv/|sqlite3\.|psycopg|SECRET_KEY|DEBUG = |INSTALLED_APPS",
    re.IGNORECASE,
)
POLICIES = (
    ("Strict-Transport-Security", r"max-age=(?:[3-9]\d{7}|\d{9,})"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin|no-referrer|strict-origin"),
    ("Content-Security-Policy", "default-src 'none'|sandbox|script-src"),
    ("Content-Security-Policy", "frame-ancestors|sandbox"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-|cross-origin"),
)
OF_PAGES = ("Permissions-Policy", r"camera=\(\)")  # which means nothing for what is no page
VERSION = re.compile(
    r'(?:wagtail|django|granian|python)[ /]\d[\d.]+|name="generator"|<generator', re.IGNORECASE
)
PAGES = (
    "/",
    "/blog/",
    "/blog/a-quiet-hour/",
    "/contact/",
    "/search/?q=a",
    "/admin/login/",
    "/api/v1/posts/",
    "/api/v1/docs",
    "/blog/feed/",
    "/sitemap.xml",
    "/robots.txt",
    "/nowhere/",
    "/static/css/site.css",
    "/mail/confirm/x/",
)
NOT_THERE = ("/nowhere/", "/mail/confirm/x/")
FINE = ("debug", "a format", "a bad query", "a rendition", "a bad cursor")  # answered as if nothing were odd
BROKEN = (
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\x00",
    b"GET / HTTP/9.9\r\n\r\n",
    b"A" * 70_000,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"b" * 70_000 + b"\r\n\r\n",
)
TYPED = (
    "/",
    "/blog/feed/",
    "/sitemap.xml",
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/api/v1/posts/",
    "/api/v1/openapi.json",
    "/static/css/site.css",
)
PRIVATE = (
    "/admin/",
    "/admin/comments/",
    "/admin/account/",
    "/admin/users/",
    "/admin/pages/",
    "/admin/outbox/",
    "/admin/privacy/",
    "/admin/messages/",
)


def addresses_everywhere(victim: Victim) -> Outcome:
    """Addresses of readers, senders and staff, in every shape, looked for as each role"""
    reads, tally = victim.crawled(), Tally()
    message = ContactMessage.objects.filter(words__contains=HIDDEN_WORDS).earliest("pk")
    shown = victim.as_("front desk").get(f"/admin/messages/{message.pk}/").whole
    tally.require("where one may be read, these eyes see it", crawl.leaks(shown, SECRET) == [SENDER])
    opened = {read.role for read in reads if read.answer.status == 200}
    tally.require("every role read something", opened == set(ROLES))
    for role, url, answer in reads:
        may = (SENDER,) if role in ("front desk", "admin") else ()
        told = crawl.leaks(answer.whole, set(SECRET) - set(may))
        tally.saw(f"{role} {url}: {told}", wrong=told)
    told = crawl.leaks(victim.log().encode(), SECRET)
    tally.saw(f"the log: {told}", wrong=told)
    return tally.outcome(f"{len(SECRET)} addresses; {len(reads) // len(ROLES)} pages and files; none told")


def stolen_database_file(victim: Victim) -> Outcome:
    """The same addresses in every cell of a stolen database"""
    tally, stolen = Tally(), crawl.database_bytes()
    tally.require("it is the database of this site", HIDDEN_WORDS.encode() in stolen)
    came = ContactMessage.objects.filter(words__contains=HIDDEN_WORDS).exclude(sealed_address=b"")
    tally.require("what came by the site is in it, its address sealed", came.exists())
    for address in SECRET:
        tally.require("one that is stored plainly is seen", crawl.leaks(stolen + address.encode(), [address]))
        tally.saw(address, wrong=crawl.leaks(stolen, [address]))
    return tally.outcome("none can be read")


def _odd_answers(victim: Victim) -> dict[str, Answer]:
    asked = {
        "404": "/nowhere/",
        "404 of the API": "/api/v1/nowhere/",
        "a NUL": "/%00",
        "bad UTF-8": "/%ff%fe",
        "a bad picture": "/media/images/x.jpg",
        "a bad number": "/api/v1/posts/" + "9" * 40 + "/",
        "a bad cursor": "/api/v1/posts/?cursor=%00",
        "a bad query": "/search/?q=%00%ff",
        "a bad redirect": "/documents/999999999999999999999/x",
        "a rendition": "/images/x/1/max-1x1/",
        "a bad token": "/mail/confirm/" + quote("é" * 9) + "/",
        "debug": "/?debug=1&__debug__=1",
        "a format": "/api/v1/posts/?format=%7B%7D",
    }
    answers = {what: victim.stranger().get(path) for what, path in asked.items()}
    door = f"/api/v1/posts/{victim.post.pk}/comments/"
    answers["404 of the admin"] = victim.as_("admin").get("/admin/nowhere/")
    answers["broken JSON"] = victim.stranger().post_json(door, b'{"a":')
    answers["wrong JSON"] = victim.stranger().post_json(
        door, {"name": {"a": 1}, "email": ["x"], "comment": 1, "reply_to": "x"}
    )
    answers["a foreign host"] = victim.stranger().get("/", Host="evil.example")
    answers["405"] = victim.stranger().ask("DELETE", "/blog/")
    answers["413"] = victim.stranger().ask("POST", "/blog/", b"a" * 400_000)
    answers["text in place of JSON"] = victim.stranger().ask(
        "POST", door, b"a", Content_Type="text/plain", Origin=None
    )
    answers["403"] = victim.stranger().post("/admin/comments/", {})
    return answers


def faults_tell_nothing(victim: Victim) -> Outcome:
    """Requests that go wrong: a trace, path, version, query or key in the answer"""
    tally, answers = Tally(), _odd_answers(victim)
    for what, got in answers.items():
        named = re.match(r"\d{3}", what)
        tally.require(f"{what} is answered so, not {got.status}", not named or got.status == int(named[0]))
        tally.require(
            f"{what} is no answer to all is well, not {got.status}", got.status >= 300 or what in FINE
        )
        tally.saw(f"{what}: {BEHIND.search(got.text)}", wrong=BEHIND.search(got.text))
    for sent in BROKEN:
        with wire.connect(victim.port, source=wire.PROXY) as raw:
            got = wire.exchanged(raw, sent).decode("latin-1")
        tally.require(f"{sent[:12]!r} is not taken for a request", " 200 " not in got[:20])
        tally.saw(f"{sent[:12]!r}: {BEHIND.search(got)}", wrong=BEHIND.search(got))
    return tally.outcome(f"{statuses(got.status for got in answers.values())}; nothing of it")


def what_runs_here(victim: Victim) -> Outcome:
    """Headers and pages that name the server, the framework, their versions"""
    tally = Tally()
    for url, answer in {**_pages(victim, tally), **_others(victim, tally)}.items():
        for name in NEVER:
            tally.saw(f"{url}: {name}", wrong=name in answer.headers)
        tally.saw(f"{url}: Server", wrong=re.search(r"\d", answer.headers.get("Server", "")))
        tally.saw(f"{url}: a version", wrong=VERSION.search(answer.text))
    return tally.outcome("no framework, no version")


def _pages(victim: Victim, tally: Tally) -> dict[str, Answer]:
    answers = {url: victim.stranger().get(url) for url in PAGES}
    for url, answer in answers.items():
        there = 404 if url in NOT_THERE else 200
        tally.require(f"{url} is answered {there}, not {answer.status}", answer.status == there)
    return answers


def _others(victim: Victim, tally: Tally) -> dict[str, Answer]:
    answers = {url: victim.stranger().get(url) for url in ("/api/v1/openapi.json", "/healthz", "/readyz")}
    tally.require("the rest is there", {answer.status for answer in answers.values()} == {200})
    return answers


def headers_of_every_answer(victim: Victim) -> Outcome:
    """Eight protecting headers on pages, API, files and refusals"""
    tally = Tally()
    answers = _pages(victim, tally) | _odd_answers(victim)
    for what, answer in answers.items():
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        for name, wanted in (*POLICIES, *([OF_PAGES] if is_page else [])):
            got = answer.headers.get(name, "")
            tally.saw(f"{what} ({answer.status}): {name} {got[:30]}", wrong=not re.search(wanted, got))
    return tally.outcome(f"{len(answers)} answers")


def types_of_answers(victim: Victim) -> Outcome:
    """The type and the charset of everything that has a body"""
    tally, answers = Tally(), {url: victim.stranger().get(url) for url in TYPED}
    for url, answer in answers.items():
        tally.require(f"{url} is there, not {answer.status}", answer.status == 200 and answer.body)
    for what, answer in (answers | _odd_answers(victim)).items():
        if answer.body:
            kind = answer.headers.get("Content-Type", "")
            tally.saw(f"{what}: {kind or 'none'}", wrong=not _says_all(kind))
    return tally.outcome("each says what it is")


def _says_all(kind: str) -> bool:
    in_letters = kind.startswith(("text/", "application/xml", "application/atom"))
    return bool(kind) and ("charset" in kind.lower() or not in_letters)


def private_answers(victim: Victim) -> Outcome:
    """Pages of staff and authors that a cache may keep"""
    author, tally = victim.stranger(), Tally()
    answers = {url: victim.as_("admin").get(url) for url in PRIVATE}
    sent = author.comment(victim.post.url, comment="Kept by no cache.")
    tally.require("a comment was taken, with a cookie", sent.status == 303 and author.cookies)
    answers["an author's page"] = author.get(victim.post.url)
    for what, answer in answers.items():
        tally.require(f"{what} is there, not {answer.status}", answer.status == 200)
    for what, answer in {**answers, "the 303 that sets an author's cookie": sent}.items():
        control = answer.headers.get("Cache-Control", "")
        tally.saw(f"{what}: {control or 'no Cache-Control'}", wrong="no-store" not in control)
    return tally.outcome("no-store")


def doors_without_a_way_out(victim: Victim) -> Outcome:
    """A private page that leads to no log-in"""
    tally, came = Tally(), [victim.stranger().get(victim.private.url)]
    tally.require(
        "it is there for who is logged in", victim.as_("reader").get(victim.private.url).status == 200
    )
    while came[-1].status == 302 and len(came) < 4:
        came.append(victim.stranger().get(came[-1].headers["Location"].removeprefix("https://localhost")))
    for answer in came[:-1]:
        tally.saw(answer.status, wrong=answer.status != 302)
    form = came[-1].status == 200 and 'type="password"' in came[-1].text
    tally.saw(f"it ends with {came[-1].status}, without a form to log in", wrong=not form)
    return tally.outcome(statuses(answer.status for answer in came))


ATTACKS = (
    faults_tell_nothing,
    what_runs_here,
    headers_of_every_answer,
    types_of_answers,
    private_answers,
    doors_without_a_way_out,
    addresses_everywhere,
    stolen_database_file,
)

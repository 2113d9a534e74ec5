"""Cookies that are made up, fixed, stolen, or kept after the end."""

import base64
import json
import re
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import connection

from blog.comments.posting import own_comments
from cms.http import cookies
from tests.attack.browser import ACCOUNT, LOG_IN, Browser
from tests.attack.outcome import Outcome, Tally
from tests.attack.victim import HIDDEN_WORDS, Victim
from tests.factories import PASSWORD, UserFactory

INSIDE = ACCOUNT
MINE = "Held for nobody else to see."
MOST_CELLS = 60
LENGTH = 32  # characters of a session's key: 165 bits


def session_cookie(browser: Browser) -> str:
    """Return the name of the cookie that says who is logged in, whatever it is called."""
    return next(name for name in browser.cookies if "session" in name)


def inside(browser: Browser) -> bool:
    return browser.get(INSIDE).status == 200


def made_up_cookies(victim: Victim) -> Outcome:
    """Made-up, cut, signed and pickled cookies: of sessions, authors, devices, CSRF"""
    tally, editor = Tally(), victim.as_("editor")
    name = session_cookie(editor)
    tally.require(f"{name} opens with what is in it", name == settings.SESSION_COOKIE_NAME and inside(editor))
    for value in _forgeries(editor.cookies[name]):
        tally.saw(f"session {value[:20]}", wrong=inside(_with_cookie(victim, name, value)))
    own, real = _own_comment(victim, tally)
    for cookie in (own, settings.CSRF_COOKIE_NAME, cookies.name("messages")):
        for value in _forgeries(real):
            answer = _with_cookie(victim, cookie, value).get(victim.post.url)
            opened = HIDDEN_WORDS in answer.text or MINE in answer.text
            tally.saw(f"{cookie} {value[:20]}: {answer.status}", wrong=answer.status != 200 or opened)
    device, real = device_cookie(victim, "plain")
    tally.require("a device is known by a cookie", device and real)
    for value in list(_forgeries(real))[::3]:  # each is a password that is checked
        status = _with_cookie(victim, device, value).log_in("plain", "wrong").status
        tally.saw(f"{device} {value[:20]}: {status}", wrong=status != 200)
    return tally.outcome(f"{name}, {own}, {device} and others: none opened anything, none was a fault")


def _with_cookie(victim: Victim, name: str, value: str) -> Browser:
    stranger = victim.stranger()
    stranger.cookies = {name: value}
    return stranger


def _own_comment(victim: Victim, tally: Tally) -> tuple[str, str]:
    """Write a comment that is held, which its author's cookie alone shows. Return name and value of that."""
    author, name = victim.stranger(), cookies.name(own_comments.COOKIE)
    author.comment(victim.post.url, comment=MINE)
    shown = _with_cookie(victim, name, author.cookies[name]).get(victim.post.url).text
    tally.require("an author's cookie shows their words", MINE in shown)
    return name, author.cookies[name]


def device_cookie(victim: Victim, name: str) -> tuple[str, str]:
    """Log in as somebody; return name and value of the cookie by which their device is known."""
    owner = victim.stranger()
    owner.log_in(name, PASSWORD)
    known = cookies.name_below_a_path("device_")
    return next((each for each in owner.cookies.items() if each[0].startswith(known)), ("", ""))


def _forgeries(real: str) -> Iterator[str]:
    other = signing.Signer(key="another key, as long as it has to be")
    yield from (
        "",
        "x",
        "1",
        "admin",
        "A" * 32,
        "0" * 32,
        real[:-1],
        real + "x",
        real[::-1],
        real.upper(),
        "../../x",
    )
    yield from (
        "%00",
        "a" * 4000,
        "'; DROP TABLE x; --",
        "{{7*7}}",
        "gASVIAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU",
    )
    yield other.sign(real)
    yield other.sign_object({"_auth_user_id": "1"})
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    body = (
        base64.urlsafe_b64encode(json.dumps({"sub": "1", "_auth_user_id": "1"}).encode()).decode().rstrip("=")
    )
    yield f"{none}.{body}."


def fixed_sessions(victim: Victim) -> Outcome:
    """A session planted before the log-in"""
    tally, keys, name = Tally(), [], session_cookie(victim.as_("reader"))
    planted = dict(victim.anew("reader").cookies)
    for role, held in (("editor", planted), ("moderator", planted), ("plain", {name: "a" * LENGTH})):
        browser = victim.stranger()
        browser.cookies = dict(held)
        status = browser.log_in(role, PASSWORD).status
        tally.require(f"{role} got in, not {status}", status == 302 and inside(browser))
        key = browser.cookies[name]
        tally.saw(f"{role} logged in under a planted key", wrong=key == held[name] or len(key) < LENGTH)
        keys.append(key)
    tally.found("keys repeat", wrong=len(set(keys)) != len(keys))
    return tally.outcome("another key each time")


def stolen_database(victim: Victim) -> Outcome:
    """Every value in the tables of sessions, sent as the cookie of one"""
    editor, tally = victim.as_("editor"), Tally()
    name, cells = session_cookie(editor), _cells_of_sessions()
    tally.require("the real key opens", inside(_with_cookie(victim, name, editor.cookies[name])))
    tally.require("there are sessions", cells)
    for value in cells:
        thief = _with_cookie(victim, name, value)
        tally.saw(f"{value[:6]}…", wrong=inside(thief) or thief.get(LOG_IN).status == 302)
    return tally.outcome("none opened a session")


def _cells_of_sessions() -> list[str]:
    """Return what a thief would try first: each short text without blanks."""
    found = []
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if "session" in name]
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names come from the database itself
            found += [
                str(cell) for row in cursor for cell in row if re.fullmatch(r"[\w:.-]{16,128}", str(cell))
            ]
    return found[:MOST_CELLS]


def log_out(victim: Victim) -> Outcome:
    """A link to the log-out, and a cookie that was copied before it"""
    browser, tally = victim.anew("editor"), Tally()
    copied = dict(browser.cookies)
    for referer in ("https://evil.example/", None):
        seen = browser.get("/admin/logout/", Referer=referer)
        said = seen.headers.get_all("Set-Cookie", [])
        wrong = seen.status != 405 or any("session" in line for line in said)
        tally.saw(f"a GET is answered {seen.status}, with {said}"[:90], wrong=wrong)
    browser.cookies = dict(copied)
    thief = victim.stranger()
    thief.cookies = dict(copied)
    tally.require("the copy opens before it", inside(thief))
    left = browser.submit(INSIDE, {}, to="/admin/logout/")
    tally.require(f"the log-out was taken, not {left.status}", left.status == 302 and not inside(browser))
    tally.saw("the browser keeps pages", wrong='"cache"' not in left.headers.get("Clear-Site-Data", ""))
    thief.cookies = dict(copied)
    tally.saw("the copy still works", wrong=inside(thief))
    return tally.outcome("405 to a link; the copy opens nothing")


def closed_accounts(victim: Victim) -> Outcome:
    """A session of an account that is closed, and of one that is deleted"""
    tally = Tally()
    ends = {"leaver": lambda who: who.update(is_active=False), "gone": lambda who: who.delete()}
    for name, end in ends.items():
        UserFactory(username=name, group="Editors")
        browser = victim.stranger()
        browser.log_in(name, PASSWORD)
        tally.require(f"{name} is in", inside(browser))
        end(get_user_model().objects.filter(username=name))
        tally.saw(name, wrong=inside(browser))
    return tally.outcome("both ended at once")


def changed_passwords(victim: Victim) -> Outcome:
    """A thief's session after its owner has set a new password"""
    UserFactory(username="changing", group="Editors")
    tally, owner, thief = Tally(), victim.stranger(), victim.stranger()
    for browser in (owner, thief):
        browser.log_in("changing", PASSWORD)
        tally.require("both are in", inside(browser))
    new = {"name_email-first_name": "Ann", "name_email-last_name": "Lee", "password-old_password": PASSWORD}
    new |= {f"password-new_password{n}": "another password, just as long" for n in (1, 2)}
    status = owner.save_account(**new).status
    tally.require(f"the new one was taken, not {status}", status == 302 and inside(owner))
    tally.saw("the thief is still in", wrong=inside(thief))
    return tally.outcome("ended at once; the owner stays in")


def flags_of_cookies(victim: Victim) -> Outcome:
    """Cookies without Secure, HttpOnly, SameSite or a __Host- or __Secure- name"""
    browser, tally = victim.stranger(), Tally()
    browser.log_in("editor", PASSWORD)
    browser.comment(victim.post.url, comment="With a cookie of its author.")
    set_by = {line.partition("=")[0] for line in browser.set_cookies}
    known = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, cookies.name(own_comments.COOKIE))
    for name in (*known, cookies.name_below_a_path("device_")):
        tally.require(f"{name} is among {set_by}", any(each.startswith(name) for each in set_by))
    for line in browser.set_cookies:
        name, flags = (
            line.partition("=")[0],
            {part.strip().partition("=")[0].lower() for part in line.split(";")[1:]},
        )
        lacking = {"secure", "httponly", "samesite"} - flags
        tally.saw(f"{name} lacks {lacking}", wrong=lacking or "domain" in flags)
        tally.found(f"{name} has no prefix", wrong=not name.startswith(("__Host-", "__Secure-")))
    return tally.outcome(f"{len(set_by)} names")


ATTACKS = (
    made_up_cookies,
    fixed_sessions,
    stolen_database,
    log_out,
    closed_accounts,
    changed_passwords,
    flags_of_cookies,
)

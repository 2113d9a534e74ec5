"""Passwords, tokens and names, guessed; and what is asked for again and again in somebody's name."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from wagtail.models import PageViewRestriction

from tests.attack.browser import LOG_IN, Answer, Browser
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.sessions import device_cookie
from tests.attack.victim import HIDDEN_WORDS, SECTION_PASSWORD, Victim
from tests.factories import PASSWORD, UserFactory

READER_WAITS_AT_MOST = 2.0  # seconds
ALIKE = 0.25  # of the time of an answer, between names that are there and names that are not
FORGOTTEN = "/admin/password_reset/"
ENDS = ("MQ/set-password", "MQ/c1b2c3-d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9", "x/x", "MQ/" + "a" * 200, "%00/%00")
REFUSED = (401, 429, 431)  # the last for a header that is too long


def one_client(victim: Victim) -> Outcome:
    """One client tries 40 passwords on one account"""
    _hire("guessed")
    tally, stranger, reader, worst, answers = Tally(), victim.stranger(), victim.stranger(), 0.0, []
    for number in range(40):
        answers.append(stranger.log_in("guessed", f"wrong {number}").status)
        tally.saw(f"{answers.count(200)} passwords were checked", wrong=answers.count(200) > 12)
        worst = max(worst, _read(tally, reader))
    _require_a_brake(tally, answers)
    owner = victim.stranger().log_in("guessed", PASSWORD).status
    tally.found(f"the owner was answered {owner}", wrong=owner != 302)
    tally.found(f"a reader waited {worst:.1f} s", wrong=worst > READER_WAITS_AT_MOST)
    seen = f"{statuses(answers)}; the owner got in; a reader waited {worst * 1000:.0f} ms at most"
    return tally.outcome(seen)


def _read(tally: Tally, reader: Browser) -> float:
    """Read a page; return how long it took, in seconds."""
    answer = reader.get("/blog/")
    tally.require(f"a reader is answered 200, not {answer.status}", answer.status == 200)
    return answer.seconds


def _require_a_brake(tally: Tally, answers: list[int]) -> None:
    """Require that some passwords were checked, and that then there was a brake."""
    tally.require(f"some are checked, then no more: {statuses(answers)}", set(answers) == {200, 429})


def eight_at_once(victim: Victim) -> Outcome:
    """Eight clients guess at once for eight seconds"""
    tally, until = Tally(), time.monotonic() + 8
    reader, waits = victim.stranger(), []
    with ThreadPoolExecutor(8) as crowd:
        guesses = [crowd.submit(_guess_until, victim.stranger(), until) for _ in range(8)]
        while time.monotonic() < until:
            waits.append(_read(tally, reader))
            time.sleep(0.05)
    answers = [status for each in guesses for status in each.result()]
    tally.require("some are checked, then no more", {200, 429} <= set(answers))
    for status in answers:
        tally.saw(status, wrong=status not in (200, 429))
    tally.found(f"a reader waited {max(waits):.1f} s", wrong=max(waits) > READER_WAITS_AT_MOST)
    return tally.outcome(f"{statuses(answers)}; a reader waited {max(waits) * 1000:.0f} ms at most")


def _guess_until(stranger: Browser, until: float) -> list[int]:
    answers: list[int] = []
    while time.monotonic() < until:
        answers.append(stranger.log_in(f"name-{len(answers) % 3}", "wrong").status)
    return answers


def many_networks_of_one_connection(victim: Victim) -> Outcome:
    """One IPv6 /48 tries 80 names, each from a /64 of its own"""
    tally, begun, answers = Tally(), time.monotonic(), []
    for number in range(80):
        stranger = victim.stranger(f"2001:db8:7:{number:x}::1")
        answers.append(stranger.log_in(f"person {number}", "wrong").status)
        most = 61 + (time.monotonic() - begun) / 10  # which is one more every ten seconds
        tally.saw(f"{answers.count(200)} were checked", wrong=answers.count(200) > most)
    _require_a_brake(tally, answers)
    return tally.outcome(statuses(answers))


def one_password_on_many_accounts(victim: Victim) -> Outcome:
    """One client tries one password on 40 accounts"""
    tally, stranger, answers = Tally(), victim.stranger(), []
    for number in range(40):
        answers.append(stranger.log_in(f"someone {number}", "Summer2026!").status)
        tally.saw(f"{answers.count(200)} were checked", wrong=answers.count(200) > 22)
    _require_a_brake(tally, answers)
    return tally.outcome(statuses(answers))


def one_account_from_many_networks(victim: Victim) -> Outcome:
    """One account is tried from 60 networks, and its owner comes back with a known device"""
    _hire("known")
    tally, (name, value) = Tally(), device_cookie(victim, "known")
    tally.require("the owner's device is known by a cookie", name and value)
    answers = []
    for _ in range(60):
        answers.append(victim.stranger().log_in("known", "wrong").status)
        tally.saw(answers[-1], wrong=answers[-1] not in (200, 429))
    tally.require("passwords were checked", 200 in answers)
    returning = victim.stranger()
    returning.cookies = {name: value}
    got_in = returning.log_in("known", PASSWORD).status
    tally.saw(f"the owner was answered {got_in}", wrong=got_in != 302)
    return tally.outcome(f"{statuses(answers)}; the owner got in")


def known_and_unknown_accounts(victim: Victim) -> Outcome:
    """A wrong password for names that are there and names that are not"""
    tally, pairs = Tally(), [_tried(victim, f"there-{number}") for number in range(12)]
    tally.require("a name that is there is one", victim.stranger().log_in("there-0", PASSWORD).status == 302)
    for one, other in pairs:
        checked = one.status == other.status == 200 and "there-" in one.text
        tally.require(f"both were checked: {one.status} and {other.status}", checked)
        for _ in (one, other):
            tally.saw("other words", wrong=_words(one) != _words(other))
    unknown = [other.seconds for _, other in pairs]
    usual, gap = median(unknown), median(one.seconds - other.seconds for one, other in pairs)
    tally.found(f"{gap * 1000:.0f} ms apart", wrong=abs(gap) > ALIKE * usual)
    return tally.outcome(f"same words; {gap * 1000:+.0f} ms apart, of {usual * 1000:.0f} ms")


def _tried(victim: Victim, name: str) -> tuple[Answer, Answer]:
    _hire(name)
    time.sleep(0.2)
    return victim.stranger().log_in(name, "wrong"), victim.stranger().log_in(f"not-{name}", "wrong")


def _words(answer: Answer) -> str:
    """Return a page without its tokens and without what was typed."""
    return re.sub(r'value="[^"]*"|[A-Za-z0-9]{32,}', "", answer.text)


def names_told_by_other_doors(victim: Victim) -> Outcome:
    """Log-ins as names of comments, and addresses of staff at the forgotten password"""
    tally, there = Tally(), ["admin", "editor", "moderator", "officer"]
    known = get_user_model().objects.filter(username__in=there, email__endswith="@staff.example").count()
    tally.require("half of them are log-ins", known == len(there))
    said, before = set(), len(victim.peer.mails)
    for name in (*there, *(f"nobody-{number}" for number in range(4))):
        taken = victim.stranger().comment(victim.post.url, name=name).status
        tally.saw(f"{name}: {taken}", wrong=taken != 303)
        stranger = victim.stranger()
        sent = stranger.submit(FORGOTTEN, {"email": f"{name}@staff.example"})
        tally.require(f"the address is taken, not {sent.status}", sent.status == 302)
        said.add((sent.headers["Location"], _words(stranger.get(sent.headers["Location"]))))
        tally.saw("a forgotten password tells names", wrong=len(said) > 1)
    victim.until_delivered()
    told = {str(mail["To"]) for mail in victim.peer.mails[before:]}
    tally.require(
        f"those who are there get a mail: {told}", told >= {f"{name}@staff.example" for name in there}
    )
    return tally.outcome("each name taken as any other; one answer to every address")


def section_password(victim: Victim) -> Outcome:
    """The password of a private section, 30 times"""
    restriction = PageViewRestriction.objects.get(page=victim.section)
    door = f"/_util/authenticate_with_password/{restriction.pk}/{victim.section.pk}/"
    tally, stranger, answers = Tally(), victim.stranger(), []
    for number in range(30):
        typed = {"password": f"wrong {number}", "return_url": "/section/"}
        answers.append(stranger.submit(victim.section.url, typed, to=door).status)
        tally.saw(f"{answers.count(200)} were checked", wrong=answers.count(200) > 12)
        opened = HIDDEN_WORDS in stranger.get(victim.section.url).text
        tally.found("it is open", wrong=opened)
    _require_a_brake(tally, answers)
    reader, typed = victim.stranger(), {"password": SECTION_PASSWORD, "return_url": victim.section.url}
    right = reader.submit(victim.section.url, typed, to=door).status
    opened = HIDDEN_WORDS in reader.get(victim.section.url).text
    tally.require(f"the right one opens it: {right}", right == 302 and opened)
    return tally.outcome(f"{statuses(answers)}; the right one opens")


UNREAD = 422  # to a parameter that is not read, whoever sends it


def staff_tokens(victim: Victim) -> Outcome:
    """Made-up tokens at the moderators' API, of every kind, in headers and addresses"""
    door, tally, answers = "/api/v1/moderation/comments/", Tally(), []
    program = victim.program_of("moderator")
    tally.require("a real one opens it", program.get(door).status == 200)
    real = program.headers["Authorization"].removeprefix("Bearer ")
    for where, headers in _made_up_tokens(door, real):
        answers.append(victim.stranger().get(where, **headers).status)
        tally.saw(f"{where} {headers}: {answers[-1]}", wrong=answers[-1] not in (*REFUSED, UNREAD))
    stranger = victim.stranger()
    for number in range(90):
        answers.append(stranger.get(door, Authorization=f"Bearer wagtail_{number:040d}").status)
        tally.saw(answers[-1], wrong=answers[-1] not in REFUSED)
    tally.require("one client is slowed down", answers[-1] == 429)
    return tally.outcome(statuses(answers))


def _made_up_tokens(door: str, real: str) -> Iterator[tuple[str, dict[str, str]]]:
    cut = (
        real[:-1],
        real + "x",
        real.upper(),
        real[::-1],
        real.removeprefix("wagtail_"),
        "",
        "null",
        "comment_x",
    )
    for token in (*cut, *(f"wagtail_{number:040d}" for number in range(20))):
        yield door, {"Authorization": f"Bearer {token}"}
    for value in ("Basic YWRtaW46YWRtaW4=", "bearer wagtail_" + "a" * 9000, real, f"Basic {real}"):
        yield door, {"Authorization": value}
    for name in ("token", "access_token", "key", "api_key"):
        yield f"{door}?{name}={real}", {}
    yield door, {"Cookie": f"token={real}"}


def forgotten_passwords(victim: Victim) -> Outcome:
    """One client asks 40 times for a link to a new password, and makes links up"""
    tally, stranger, answers = Tally(), victim.stranger(), []
    for _ in range(40):
        answers.append(stranger.submit(FORGOTTEN, {"email": "editor@staff.example"}).status)
        tally.saw(f"{answers.count(302)} were taken", wrong=answers.count(302) > 6)
    tally.require("some are taken, then no more", set(answers) == {302, 429})
    real = _link_to_a_new_password(victim)
    tally.require("the link in the mail opens a form", _opens_a_form(victim, real))
    user, _, token = real.strip("/").rpartition("/")
    made_up = (
        f"/{user}/{token[:-1]}/",
        f"/{user}/{token[::-1]}/",
        *(f"{FORGOTTEN}confirm/{end}/" for end in ENDS),
    )
    for link in made_up:
        tally.saw(f"{link} opens a form", wrong=_opens_a_form(victim, link))
    return tally.outcome(f"{statuses(answers)}; the link that came by mail opens, no other")


def _link_to_a_new_password(victim: Victim) -> str:
    """Ask for one as somebody new; return its path."""
    _hire("forgetful")
    victim.stranger().submit(FORGOTTEN, {"email": "forgetful@staff.example"})
    victim.until_delivered()
    mail = next(mail for mail in victim.peer.mails if str(mail["To"]) == "forgetful@staff.example")
    return re.search(r"https://localhost(/\S+)", mail.get_body(("plain",)).get_content())[1]


def _opens_a_form(victim: Victim, link: str) -> bool:
    """Follow a link as a browser does: the first answer takes the secret out of the address."""
    stranger = victim.stranger()
    answer = stranger.get(link)
    if answer.status == 302:
        answer = stranger.get(answer.headers["Location"])
    return answer.status >= 500 or "new_password1" in answer.text


def mail_of_forgotten_passwords(victim: Victim) -> Outcome:
    """30 clients ask for a new password in one person's name"""
    _hire("bombed")
    tally, answers = Tally(), []
    for _ in range(30):
        sent = victim.stranger().submit(FORGOTTEN, {"email": "bombed@staff.example"})
        answers.append(sent.status)
        tally.saw(sent.status, wrong=sent.status not in (302, 429))
    victim.until_delivered()
    mails = sum("bombed@staff.example" in str(mail["To"]) for mail in victim.peer.mails)
    tally.require("one mail went out", mails)
    tally.found(f"{mails} mails", wrong=mails > 1)
    return tally.outcome(f"{statuses(answers)}; {mails} mail")


def password_fields(victim: Victim) -> Outcome:
    """Fields for passwords that show what is typed, or keep programs from filling them in"""
    tally, found = Tally(), 0
    pages = {"log-in": victim.stranger().get(LOG_IN), "account": victim.as_("editor").get("/admin/account/")}
    for where, page in pages.items():
        tags = re.findall(r'<input[^>]*name="[^"]*password[^"]*"[^>]*>', page.text)
        tally.require(f"{where} has such fields", page.status == 200 and tags)
        found += len(tags)
        for tag in tags:
            hidden = 'type="password"' in tag and 'autocomplete="off"' not in tag and "onpaste" not in tag
            tally.saw(f"{where}: {tag}", wrong=not hidden)
    return tally.outcome(f"{found} fields")


def passwords_as_typed(victim: Victim) -> Outcome:
    """A password of 128 characters of many scripts, spaces at both ends; and some like it"""
    tally, odd = Tally(), " " + "ß 密 é ✓ " * 16 + " "
    _hire("typist", odd)
    right = victim.stranger().log_in("typist", odd).status
    tally.require(f"the right one opens, not {right}", right == 302)
    near = [odd.strip(), odd.lower().upper(), odd[:72], odd[:-1], odd + "x", odd.replace("é", "e\u0301")]
    answers = [victim.stranger().log_in("typist", typed).status for typed in near]
    for typed, status in zip(near, answers, strict=True):
        tally.require("it is another one", typed != odd)
        tally.saw(f"{typed[:9]!r}: {status}", wrong=status != 200)
    return tally.outcome(f"{statuses(answers)}; the right one opens")


def stored_passwords(victim: Victim) -> Outcome:
    """A thief of the database finds slow hashes alone"""
    tally, stored = Tally(), list(get_user_model().objects.values_list("password", flat=True))
    tally.require("one of them is of a password", any(check_password(PASSWORD, each) for each in stored[:3]))
    for each in stored:
        slow = re.match(r"pbkdf2_sha256\$(\d{7,})\$\w{22}\$|!", each)
        tally.saw(each[:24], wrong=not slow)
    return tally.outcome("PBKDF2 of 1,000,000 rounds or more")


def _hire(name: str, password: str = PASSWORD) -> None:
    email = f"{name.replace(' ', '-')}@staff.example"
    UserFactory(username=name, email=email, password=password, group="Editors")


ATTACKS = (
    one_client,
    eight_at_once,
    many_networks_of_one_connection,
    one_password_on_many_accounts,
    one_account_from_many_networks,
    known_and_unknown_accounts,
    names_told_by_other_doors,
    section_password,
    staff_tokens,
    forgotten_passwords,
    mail_of_forgotten_passwords,
    password_fields,
    passwords_as_typed,
    stored_passwords,
)

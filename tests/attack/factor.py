"""The second factor, by somebody who has the password, or a session that is open."""

import base64
import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from cms.second_factor.models import Authenticator, Demand, Passkey, RecoveryCode
from tests.attack.browser import TOKEN, Answer, Browser
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.sessions import INSIDE, inside
from tests.attack.victim import Victim
from tests.factories import PASSWORD, UserFactory

STEP, OVERVIEW = "/admin/login/second/", "/admin/second-factor/"
APP, CONFIRM, CODES = f"{OVERVIEW}app/", f"{OVERVIEW}confirm/", f"{OVERVIEW}codes/"
CROWD = 12
CHECKED_AT_MOST = 7  # codes of a thief: five, and what time gives back
KEY = re.compile(r'second-factor-key">([^<]+)<')
RECOVERY_CODE = re.compile(r"<li><code>([^<]+)</code>")


class Phone:
    """An app with somebody's key. Codes of the next half minute are taken as well."""

    def __init__(self, page: str) -> None:
        self.key = base64.b32decode(KEY.search(page)[1].replace("-", ""))

    def code(self, steps: int = 0) -> str:
        at = int(time.time()) + 30 * steps
        return TOTP(self.key, 6, SHA1(), 30).generate(at).decode()  # noqa: S303 -- what apps compute


def protected(victim: Victim, name: str) -> tuple[Browser, Phone, list[str]]:
    """Hire somebody with an app. Return a browser of theirs, their phone, and their recovery codes."""
    UserFactory(username=name, admin=True)
    return set_up(victim, name)


def set_up(victim: Victim, name: str) -> tuple[Browser, Phone, list[str]]:
    owner = half(victim, name)
    owner.submit(CONFIRM, {"current_password": PASSWORD})
    phone = Phone(owner.get(APP).text)
    owner.submit(APP, {"code": phone.code()})
    return owner, phone, RECOVERY_CODE.findall(owner.get(CODES).text)


def half(victim: Victim, name: str) -> Browser:
    """Return a browser in which the password was given, and nothing else."""
    thief = victim.stranger()
    thief.log_in(name, PASSWORD)
    return thief


def rows(name: str) -> list:
    """Return what is stored of somebody's factors."""
    of_them = {"user__username": name}
    return [
        list(Authenticator.objects.filter(**of_them).values_list("pk", "created_at")),
        list(Passkey.objects.filter(**of_them).values_list("pk", flat=True)),
        sorted(RecoveryCode.objects.filter(**of_them).values_list("digest", flat=True)),
    ]


def password_alone(victim: Victim) -> Outcome:
    """The right password without the second factor, at every door for the log-in"""
    _, phone, codes = protected(victim, "alone")
    thief, tally, before = half(victim, "alone"), Tally(), rows("alone")
    tally.require("the app and its codes are stored", before[0] and len(before[2]) == len(codes) > 0)
    step = thief.get(STEP)
    tally.require(f"the password was right, and a code is asked for: {step.status}", _asks_for_a_code(step))
    for url in ("/admin/", INSIDE, "/admin/comments/", "/admin/users/", OVERVIEW, APP, victim.private.url):
        tally.saw(url, wrong=thief.get(url).status == 200)
    token = TOKEN.search(thief.get(STEP).text)[1]
    for url in (
        STEP,
        CONFIRM,
        APP,
        f"{OVERVIEW}remove/",
        f"{CODES}new/",
        f"{CODES}kept/",
        INSIDE,
        "/admin/users/new/",
    ):
        for fields in ({"current_password": PASSWORD, "code": ""}, {"passkey": "", "code": "000000"}):
            sent = thief.post(url, {**fields, "csrfmiddlewaretoken": token})
            asked = url != STEP or sent.status == 200
            tally.require(f"the step asks again, not {sent.status}", asked)
            tally.saw(f"in by {url}: {sent.status}", wrong=inside(thief) or rows("alone") != before)
    owner = half(victim, "alone")
    owner.submit(STEP, {"code": phone.code(1)})
    tally.require("with a code the owner is in", inside(owner))
    return tally.outcome("nothing was opened; with a code, all is")


def _asks_for_a_code(page: Answer) -> bool:
    return page.status == 200 and 'name="code"' in page.text


def codes_sent_twice(victim: Victim) -> Outcome:
    """A code that was used, and one code by twelve at once"""
    _, phone, _ = protected(victim, "replayed")
    code, tally = phone.code(1), Tally()
    thieves = [half(victim, "replayed") for _ in range(CROWD)]
    tally.require("all are asked for a code", all(_asks_for_a_code(thief.get(STEP)) for thief in thieves))
    answers = _sent_at_once(thieves, code)
    late = half(victim, "replayed")
    tally.require("whoever comes late is asked, too", _asks_for_a_code(late.get(STEP)))
    late.submit(STEP, {"code": code})
    in_by_now = list(accumulate(map(inside, thieves)))
    tally.require("one got in", in_by_now[-1])
    for number in in_by_now:
        tally.saw(f"{number} got in by one code", wrong=number > 1)
    tally.saw("a used code opens", wrong=inside(late))
    return tally.outcome(f"{statuses(answers)}; one got in")


def _sent_at_once(thieves: list[Browser], code: str) -> list[int]:
    with ThreadPoolExecutor(len(thieves)) as crowd:
        return list(crowd.map(lambda thief: thief.submit(STEP, {"code": code}).status, thieves))


def recovery_codes_sent_twice(victim: Victim) -> Outcome:
    """One recovery code by twelve at once"""
    _, _, codes = protected(victim, "recovered")
    thieves, tally = [half(victim, "recovered") for _ in range(CROWD)], Tally()
    tally.require("all are asked for a code", all(_asks_for_a_code(thief.get(STEP)) for thief in thieves))
    answers = _sent_at_once(thieves, codes[0])
    in_by_now = list(accumulate(map(inside, thieves)))
    tally.require("one got in", in_by_now[-1])
    for number in in_by_now:
        tally.saw(f"{number} got in by one code", wrong=number > 1)
    tally.found("it is still there", wrong=len(rows("recovered")[2]) != len(codes) - 1)
    return tally.outcome(f"{statuses(answers)}; one got in")


def guessed_codes(victim: Victim) -> Outcome:
    """A thief of the password tries 40 codes, from one network and from many"""
    protected(victim, "guessed twice")
    one, tally = half(victim, "guessed twice"), Tally()
    tally.require("a code is asked for", _asks_for_a_code(one.get(STEP)))
    tries = [(one, f"{number:06d}") for number in range(20)]
    tries += [(half(victim, "guessed twice"), "000000") for _ in range(20)]
    answers = []
    for thief, code in tries:
        answers.append(thief.submit(STEP, {"code": code}).status)
        tally.saw(f"{answers.count(200)} were checked", wrong=answers.count(200) > CHECKED_AT_MOST)
        tally.found(f"{code} got in", wrong=inside(thief))
    tally.require("some were checked, and then no more", answers.count(200) and answers.count(429))
    return tally.outcome(statuses(answers))


def open_sessions(victim: Victim) -> Outcome:
    """An open session removes a factor, adds one, makes codes, without the password"""
    _, phone, _ = protected(victim, "absent")
    protected(victim, "colleague")
    colleague = get_user_model().objects.get(username="colleague").pk
    thief, tally = half(victim, "absent"), Tally()
    thief.submit(STEP, {"code": phone.code(1)})
    tally.require("a session is open", inside(thief))
    before = rows("absent"), rows("colleague")
    for url in (APP, f"{OVERVIEW}passkey/", CONFIRM):
        tally.saw(f"{url} shows a key", wrong=KEY.search(thief.get(url).text))
    doors = (f"{OVERVIEW}remove/", APP, f"{CODES}new/", f"{OVERVIEW}passkey/", f"{OVERVIEW}of/{colleague}/")
    for url in doors:
        for fields in (
            {},
            {"current_password": "wrong", "code": "000000"},
            {"passkey": ""},
            {"code": phone.code()},
        ):
            answer = thief.submit(INSIDE, fields, to=url)
            changed = (rows("absent"), rows("colleague")) != before
            tally.saw(f"{url}: {answer.status}, and something changed", wrong=changed)
            asked = answer.status == 302 and answer.headers["Location"].startswith(CONFIRM)
            tally.found(f"{url}: {answer.status}, and no password was asked for", wrong=not asked)
    tally.found("the factor is gone", wrong=inside(half(victim, "absent")))
    _require_that_the_owner_can(victim, tally)
    return tally.outcome("asked for the password each time; the factors stand")


def _require_that_the_owner_can(victim: Victim, tally: Tally) -> None:
    """Require that the same forms do it for whoever gave password and code just now."""
    owner, _, _ = protected(victim, "present")
    before = rows("present")
    owner.submit(INSIDE, {}, to=f"{CODES}new/")
    tally.require("new codes are made", rows("present")[2] != before[2])
    owner.submit(INSIDE, {"passkey": ""}, to=f"{OVERVIEW}remove/")
    tally.require("the app is removed", before[0] and not rows("present")[0])


def sessions_from_before(victim: Victim) -> Outcome:
    """Sessions from before a person set up a factor, and from before one was required of them"""
    UserFactory(username="careless", admin=True)
    group, tally = Group.objects.create(name="Demanded"), Tally()
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    UserFactory(username="demanded", group=group.name)
    thieves = [half(victim, name) for name in ("careless", "demanded")]
    tally.require("both are in", all(map(inside, thieves)))
    owner, _, _ = set_up(victim, "careless")
    tally.require("the owner is in with the factor", inside(owner) and rows("careless")[0])
    Demand.load().groups.add(group)
    for thief in thieves:
        for url in (INSIDE, "/admin/", victim.private.url, OVERVIEW):
            status = thief.get(url).status
            tally.saw(f"{url}: {status}", wrong=status != 302)
    return tally.outcome("both count for nothing")


ATTACKS = (
    password_alone,
    codes_sent_twice,
    recovery_codes_sent_twice,
    guessed_codes,
    open_sessions,
    sessions_from_before,
)

"""The right password alone logs in nobody who has a second factor, at any door."""

import base64
import re
import threading
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cms.second_factor import codes
from cms.second_factor.models import Authenticator, RecoveryCode
from cms.sessions.models import Session
from tests import crawl
from tests.cms.second_factor.browser import APP, CODES, LOG_IN, STEP, App, Browser, codes_on, with_app
from tests.conftest import signed_in, visitor, with_token
from tests.factories import UserFactory
from tests.smtp_peer import text_of

pytestmark = pytest.mark.django_db


def test_without_a_factor_the_password_is_enough(owner):
    browser = Browser()

    assert browser.give_password("owner")["Location"] == "/admin/"
    assert browser.is_in()


def test_the_password_alone_logs_nobody_in_who_has_a_factor(phone):
    browser = Browser()
    answer = browser.give_password("owner", to="/admin/reports/")

    assert (answer.status_code, answer["Location"]) == (302, STEP)
    assert not browser.is_named()
    assert not browser.is_in()


def test_the_code_logs_in_leads_on_and_makes_the_device_known(phone):
    browser = Browser()
    browser.give_password("owner", to="/admin/reports/site-history/")
    before = browser.client.session.session_key
    answer = browser.give_code(phone.code())

    assert (answer.status_code, answer["Location"]) == (302, "/admin/reports/site-history/")
    assert browser.is_in()
    assert browser.client.session.session_key != before
    assert any(name.startswith("device_") for name in browser.client.cookies)


def test_who_gave_the_password_alone_is_no_known_device(phone):
    browser = Browser()
    browser.give_password("owner")

    assert not any(name.startswith("device_") for name in browser.client.cookies)


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_second_step_leads_to_no_other_site(phone, to):
    browser = Browser()
    browser.give_password("owner", to=to)

    assert browser.give_code(phone.code())["Location"] == "/admin/"


def test_half_a_log_in_lives_five_minutes(phone, clock):
    browser = Browser()
    browser.give_password("owner")
    clock.shift(299)
    assert browser.get(STEP).status_code == 200
    clock.shift(2)

    assert browser.get(STEP)["Location"] == LOG_IN
    assert "took too long" in browser.get(LOG_IN).content.decode()
    assert browser.give_code(phone.code())["Location"] == LOG_IN
    assert not browser.is_in()


def test_after_a_reset_the_password_is_asked_for_again(phone):
    """Nothing is demanded of its owner: nothing is to be set up at the second step."""
    browser = Browser()
    browser.give_password("owner")
    call_command("second_factor", "reset", "owner")

    assert browser.get(browser.get(STEP)["Location"])["Location"] == LOG_IN
    assert "your log-in has changed" in browser.get(LOG_IN).content.decode()
    assert browser.give_password("owner")["Location"] == "/admin/"


def test_half_a_log_in_is_worth_nothing_in_another_browser_nor_after_a_new_password(phone, owner):
    browser, other = Browser(), Browser()
    browser.give_password("owner")
    assert other.get(STEP)["Location"] == LOG_IN
    owner.set_password("another long password")
    owner.save()

    assert browser.give_code(phone.code())["Location"] == LOG_IN


def test_half_a_log_in_of_somebody_who_may_not_log_in_any_more_is_none(phone):
    browser = Browser()
    browser.give_password("owner")
    get_user_model().objects.update(is_active=False)

    assert browser.give_code(phone.code())["Location"] == LOG_IN


def test_half_a_log_in_takes_the_place_of_a_whole_one(phone):
    UserFactory(username="colleague")  # who has no business in the admin, and so sees the log-in page
    browser = Browser()
    browser.give_password("colleague")
    assert browser.is_named()
    browser.give_password("owner")

    assert not browser.is_named()


def test_half_a_log_in_is_counted_from_its_own_beginning(phone, clock):
    UserFactory(username="colleague")
    browser = Browser()
    browser.give_password("colleague")
    clock.shift(3600)
    browser.give_password("owner")

    half = Session.objects.get(user=None)
    assert (half.began_at, half.seen_at, half.browser) == (timezone.now(), timezone.now(), "")


def test_a_whole_log_in_is_counted_from_its_second_step(phone, clock):
    browser = Browser()
    browser.give_password("owner")
    clock.shift(200)
    browser.give_code(phone.code())

    whole = Session.objects.latest("seen_at")
    assert browser.is_in()
    assert (whole.began_at, whole.seen_at, whole.browser) == (
        timezone.now(),
        timezone.now(),
        "Another program",
    )


def test_half_a_log_in_opens_nothing_else(phone, post):
    """Nor does it set up another factor beside the one that is there."""
    browser = Browser()
    browser.give_password("owner")
    urls = [url for url in crawl.every_url() if url.startswith("/admin/") and url != STEP]
    street = {answer.url for answer in crawl.walk({"": visitor()}, urls) if answer.status < 300}

    assert {answer.url for answer in crawl.walk({"": browser.client}, urls) if answer.status < 300} == street
    assert browser.get(APP)["Location"] == STEP


class TestCodes:
    def give(self, code: str, address: str = "203.0.113.9") -> int:
        browser = Browser(address)
        browser.give_password("owner")
        return browser.give_code(code).status_code

    def test_a_code_is_taken_once(self, phone):
        code = phone.code()

        assert [self.give(code), self.give(code)] == [302, 200]

    def test_nor_is_one_from_before_it(self, phone):
        answers = [self.give(phone.code()), self.give(phone.code(-1)), self.give(phone.code(1))]

        assert answers == [302, 200, 302]

    def test_the_code_of_the_setting_up_is_used_too(self, owner):
        _, app, _ = with_app("owner")

        assert self.give(app.code()) == 200

    @pytest.mark.parametrize(("steps", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
    def test_a_clock_may_be_half_a_minute_wrong(self, phone, steps, status):
        assert self.give(phone.code(steps)) == status

    @pytest.mark.parametrize(
        "typed",
        ["", "0", "12345", "1234567", "abcdef", "\N{FULLWIDTH DIGIT ONE}" * 6, "\0" * 6, "x" * 5000],
    )
    def test_anything_else_is_refused_in_words(self, phone, typed):
        browser = Browser()
        browser.give_password("owner")

        assert browser.give_code(typed).status_code == 200
        assert not browser.is_named()

    def test_spaces_do_not_matter(self, phone):
        code = phone.code()

        assert self.give(f" {code[:3]} {code[3:]} ") == 302

    def test_codes_are_guessed_slowly(self, phone, clock):
        assert [self.give("000000") for _ in range(7)] == 5 * [200] + 2 * [429]
        assert self.give(phone.code()) == 429
        clock.shift(301)
        assert self.give(phone.code()) == 302

    def test_new_networks_give_no_new_guesses(self, phone):
        answers = [self.give("000000", f"203.0.113.{number}") for number in range(7)]

        assert answers == 5 * [200] + 2 * [429]

    def test_who_has_stolen_the_password_holds_up_no_known_device(self, phone, clock):
        known = Browser("198.51.100.1")
        known.give_password("owner")
        known.give_code(phone.code())
        known.client.cookies.pop("sessionid")
        clock.shift(60)
        assert [self.give("000000") for _ in range(7)][-1] == 429

        known.give_password("owner")
        assert known.give_code(phone.code()).status_code == 302

    def test_devices_known_from_before_the_factor_give_no_guesses_of_their_own(self, owner, clock):
        """Somebody who has stolen the password collects them before it is set up."""
        thieves = [Browser(f"203.0.113.{number}") for number in range(7)]
        for thief in thieves:
            assert thief.give_password("owner")["Location"] == "/admin/"
        clock.shift(60)
        with_app("owner")
        clock.shift(60)
        for thief in thieves:
            thief.client.cookies.pop("sessionid")
            thief.give_password("owner")

        assert [thief.give_code("000000").status_code for thief in thieves] == 5 * [200] + 2 * [429]

    def test_nor_do_such_devices_hold_up_one_that_has_shown_it(self, owner, clock):
        thieves = [Browser(f"203.0.113.{number}") for number in range(7)]
        for thief in thieves:
            thief.give_password("owner")
        clock.shift(60)
        _, phone, _ = with_app("owner")
        clock.shift(60)
        known = Browser("198.51.100.1")
        known.give_password("owner")
        assert known.give_code(phone.code()).status_code == 302
        for device in (known, *thieves):
            device.client.cookies.pop("sessionid")
            device.give_password("owner")
        clock.shift(60)

        assert [thief.give_code("000000").status_code for thief in thieves] == 5 * [200] + 2 * [429]
        assert known.give_code(phone.code()).status_code == 302

    def test_known_devices_share_their_guesses(self, phone, clock):
        known = []
        for number in range(7):
            known.append(Browser(f"203.0.113.{number}"))
            known[-1].give_password("owner")
            assert known[-1].give_code(phone.code()).status_code == 302
            clock.shift(60)
        for browser in known:
            browser.client.cookies.pop("sessionid")
            browser.give_password("owner")

        assert [browser.give_code("000000").status_code for browser in known] == 5 * [200] + 2 * [429]

    def test_who_has_stolen_the_password_does_not_guess_for_ever(self, owner, clock):
        known, app, recovery = with_app("owner")
        clock.shift(60)
        known.client.cookies.pop("sessionid")
        known.give_password("owner")
        assert known.give_code(app.code()).status_code == 302
        answers = []
        for _ in range(30):
            clock.shift(301)
            answers.append(self.give("000000"))

        assert answers.count(200) == 22  # 20, and two more in two and a half hours
        assert self.give(app.code()) == 429
        assert self.give(recovery[0]) == 302
        known.client.cookies.pop("sessionid")
        known.give_password("owner")
        assert known.give_code(app.code()).status_code == 302

    def test_nobody_uses_up_the_recovery_codes_of_another_network(self, owner):
        _, _, recovery = with_app("owner")
        assert [self.give("wrong recovery code") for _ in range(12)] == 10 * [200] + 2 * [429]

        assert self.give(recovery[0], "198.51.100.5") == 302

    def test_the_owner_hears_of_many_wrong_codes_once_a_day(self, phone, owner, clock, smtp):
        """Of six, not of five; and again of those of the next day."""
        call_command("deliver", once=True)
        before = len(smtp.mails)
        for number, mails in ((5, 0), (1, 1), (3, 1)):
            for _ in range(number):
                clock.shift(301)
                self.give("000000")
            call_command("deliver", once=True)
            assert len(smtp.mails) == before + mails
        mail = smtp.mails[-1]
        assert mail["To"] == owner.email
        assert "wrong codes at your log-in" in mail["Subject"]
        assert "change your password" in text_of(mail)
        clock.shift(24 * 60 * 60)
        for _ in range(6):
            clock.shift(301)
            self.give("wrong recovery code")
        call_command("deliver", once=True)
        assert len(smtp.mails) == before + 2

    def test_the_right_code_costs_nothing(self, phone, clock):
        for _ in range(8):
            clock.shift(60)
            assert self.give(phone.code()) == 302


class TestRecoveryCodes:
    def test_each_opens_once(self, owner):
        _, _, recovery = with_app("owner")
        assert len(set(recovery)) == 10
        answers = []
        for code in (recovery[0], recovery[0], recovery[1].upper(), recovery[2].replace("-", " ")):
            browser = Browser()
            browser.give_password("owner")
            answers.append(browser.give_code(code).status_code)

        assert answers == [302, 200, 302, 302]
        assert RecoveryCode.objects.count() == 7

    def test_those_of_somebody_else_do_not_open(self, owner):
        UserFactory(username="colleague", admin=True)
        with_app("owner")
        _, _, recovery = with_app("colleague")
        browser = Browser()
        browser.give_password("owner")

        assert browser.give_code(recovery[0]).status_code == 200

    def test_they_open_when_the_keys_of_the_site_are_lost(self, owner, settings):
        _, app, recovery = with_app("owner")
        settings.ADDRESS_KEYS = ["m" * 43 + "="]
        browser = Browser()
        browser.give_password("owner")

        assert browser.give_code(app.code(1)).status_code == 200
        assert browser.give_code(recovery[0]).status_code == 302


def test_a_stolen_database_gives_no_factor(owner):
    browser, app, recovery = with_app("owner")
    browser.get(APP)  # the key of another one waits in the session
    waiting = Browser()
    UserFactory(username="other", admin=True)
    waiting.give_password("other")
    waiting.confirm()
    waiting.post(APP, code=App(waiting.get(APP).content.decode()).code())
    stolen = crawl.database_bytes()
    plain = [app.key, app.key.hex().encode(), base64.b32encode(app.key)]
    recovery += codes_on(waiting.get(CODES).content.decode())  # which nobody has kept yet
    plain += [each.encode() for code in recovery for each in (code, code.replace("-", ""))]

    assert [each for each in plain if each in stolen] == []
    assert RecoveryCode.objects.count() == len(recovery) == 20


def test_a_session_from_another_door_is_nobodys(phone, owner):
    """A call of Django's ``login`` that somebody adds tomorrow; here the test client makes it."""
    browser = signed_in(owner)

    assert browser.get("/admin/")["Location"] == f"{LOG_IN}?next=/admin/"


def test_sessions_from_before_the_factor_end(owner):
    before = Browser()
    before.give_password("owner")
    assert before.is_in()
    with_app("owner")

    assert not before.is_in()


def test_each_step_is_a_line_of_the_log_without_what_was_typed(phone, owner, caplog):
    browser = Browser()
    browser.give_password("owner")
    browser.give_code("000000")
    browser.give_code(phone.code())

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("cms.")]
    assert lines[-3:] == [
        f"right password for user {owner.pk}, second factor wanted",
        f"second factor refused: user {owner.pk}",
        f"user {owner.pk} logged in with a second factor",
    ]


def test_a_new_password_logs_nobody_in(phone, owner, smtp):
    browser = Browser()
    browser.post("/admin/password_reset/", email=owner.email)
    call_command("deliver", once=True)
    words = next(text_of(mail) for mail in smtp.mails if "password_reset" in text_of(mail))
    link = re.search(r"http://localhost:8000(\S+)", words)[1]
    form = browser.get(link)["Location"]
    new = {"new_password1": "another long password", "new_password2": "another long password"}

    assert browser.post(form, **new).status_code == 302
    assert not browser.is_named() and not browser.is_in()
    assert browser.give_password("owner", "another long password")["Location"] == STEP


def test_a_token_of_the_api_is_judged_by_itself(moderator):
    with_app("moderator")

    assert with_token(moderator).get("/api/v1/moderation/comments/").status_code == 200


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Several requests with one code: one gets in, though all have looked before one has written."""

    @pytest.fixture(autouse=True)
    def _meeting(self, monkeypatch) -> None:
        """Let all wait for each other where a code is looked at, once the test says so."""
        self.ready = None
        for name in ("step_of", "_digest"):
            monkeypatch.setattr(codes, name, self.meet(getattr(codes, name)))

    def meet(self, look: Callable) -> Callable:
        def meeting(*args: object) -> object:
            if self.ready:
                self.ready.wait(20)
            return look(*args)

        return meeting

    def together(self, code: str) -> list[int]:
        browsers = [Browser() for _ in range(4)]
        for browser in browsers:
            browser.give_password("owner")
            browser.get(STEP)
        answers, self.ready = [], threading.Barrier(len(browsers))

        def give(browser: Browser) -> None:
            token = browser.client.cookies["csrftoken"].value
            sent = {"code": code, "csrfmiddlewaretoken": token}
            answers.append(browser.client.post(STEP, sent, REMOTE_ADDR=browser.address).status_code)
            connection.close()

        threads = [threading.Thread(target=give, args=[browser]) for browser in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return sorted(answers)

    def test_with_a_code_of_the_app(self, phone):
        assert self.together(phone.code()) == [200, 200, 200, 302]
        assert Authenticator.objects.get().last_step > 0

    def test_with_a_recovery_code(self, owner):
        _, _, recovery = with_app("owner")

        assert self.together(recovery[0]) == [200, 200, 200, 302]

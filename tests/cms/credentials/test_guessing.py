"""Passwords are guessed slowly at every door, no stranger keeps an owner out, what was typed is not kept."""

import logging
import re
import threading
from contextlib import suppress
from urllib.parse import parse_qs

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from cms.credentials import guessing
from cms.outbox.models import Delivery
from cms.rate_limit.models import Bucket
from home.management.commands.load_demo import weakness
from tests import crawl
from tests.blog.comments.moderation.test_concurrency import at_once
from tests.conftest import signed_in, visitor
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOG_IN = "/admin/login/"
TYPED = "kq7typedv3x-no-such-name"


@pytest.fixture
def owner(db):
    return UserFactory(username="owner", group="Editors")


@pytest.fixture(autouse=True)
def _at_one_time(time_machine) -> None:
    time_machine.move_to("2026-11-20 10:00:00+00:00", tick=False)


class Browser:
    """One that keeps its cookies, at an address of the network."""

    def __init__(self, address: str = "203.0.113.9") -> None:
        self.client, self.address = visitor(), address

    def post(self, url: str, **fields: str):
        page = self.client.get(url, REMOTE_ADDR=self.address).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        sent = {**fields, **({"csrfmiddlewaretoken": token[1]} if token else {})}
        return self.client.post(url, sent, REMOTE_ADDR=self.address)

    def log_in(self, name: str, password: str = "wrong") -> int:
        return self.post(LOG_IN, username=name, password=password, next="/admin/").status_code

    def log_out(self) -> None:
        self.client.cookies.pop("sessionid")


def test_the_many_networks_of_one_connection_are_one_guesser(owner):
    answers = [Browser(f"2001:db8:7:{number:x}::1").log_in(f"person {number}") for number in range(64)]

    assert answers == 60 * [200] + 4 * [429]
    assert Browser("2001:db8:8::1").log_in("somebody else") == 200


@pytest.mark.parametrize("name", ["owner", TYPED, "OWNER", "owner ", "ünïcode"])
def test_25_wrong_passwords_in_a_row_are_slowed_down(owner, name):
    stranger = Browser()
    answers = [stranger.log_in(name) for _ in range(25)]

    assert answers == 10 * [200] + 15 * [429]


def test_the_answer_says_how_long_to_wait_and_waiting_is_enough(owner, time_machine):
    stranger = Browser()
    for _ in range(10):
        stranger.log_in("owner")
    refused = stranger.post(LOG_IN, username="owner", password=PASSWORD)

    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "Please wait 30 seconds" in refused.content.decode()
    assert "no-store" in refused["Cache-Control"]
    time_machine.shift(31)
    assert stranger.log_in("owner", PASSWORD) == 302


def test_nothing_is_hashed_for_who_comes_too_often(owner, monkeypatch):
    stranger, hashed = Browser(), []
    for _ in range(10):
        stranger.log_in("owner")
    monkeypatch.setattr("django.contrib.auth.hashers.verify_password", lambda *args, **how: hashed.append(1))

    assert stranger.log_in("owner") == 429
    assert hashed == []


def test_one_password_tried_on_many_accounts_is_slowed_down(owner):
    stranger = Browser()
    answers = [stranger.log_in(f"name-{number}") for number in range(25)]

    assert answers == 20 * [200] + 5 * [429]


def test_who_mistypes_holds_up_no_colleague_on_the_same_network(owner):
    UserFactory(username="colleague", group="Editors")
    forgetful = Browser()
    for _ in range(15):
        forgetful.log_in("owner")

    assert Browser().log_in("colleague", PASSWORD) == 302


def test_strangers_of_many_networks_keep_the_owner_out_on_no_device(owner, time_machine):
    """By a browser that was here before without delay, and by a new one too: its first try is its own."""
    known = Browser("198.51.100.1")
    assert known.log_in("owner", PASSWORD) == 302
    known.log_out()
    answers = [Browser(f"203.0.113.{number}").log_in("owner") for number in range(30)]
    tries = [Browser("203.0.113.99").log_in("owner") for _ in range(3)]
    assert 429 not in answers
    assert tries == [200, 429, 429]  # a network has one in ten minutes now

    assert known.log_in("owner", PASSWORD) == 302
    assert Browser("198.51.100.2").log_in("owner", PASSWORD) == 302
    assert Browser("198.51.100.3").log_in("owner", "mistyped") == 200
    assert Browser("198.51.100.3").log_in("owner", PASSWORD) == 429
    time_machine.shift(601)
    assert Browser("198.51.100.3").log_in("owner", PASSWORD) == 302


def test_a_stranger_behind_the_same_router_keeps_no_known_device_out(owner):
    known = Browser()
    known.log_in("owner", PASSWORD)
    known.log_out()
    for number in range(40):
        Browser().log_in("owner" if number % 2 else f"name-{number}")

    assert Browser().log_in("owner", PASSWORD) == 429
    assert known.log_in("owner", PASSWORD) == 302


def test_a_known_device_guesses_no_faster_and_knows_one_account(owner):
    UserFactory(username="colleague", group="Editors")
    known = Browser()
    known.log_in("owner", PASSWORD)
    known.log_out()

    assert [known.log_in("owner") for _ in range(12)] == 10 * [200] + 2 * [429]
    assert [known.log_in("colleague") for _ in range(12)] == 10 * [200] + 2 * [429]


@pytest.mark.parametrize("forged", ["", "owner", "x:y:z", "{}", "a" * 3000])
def test_a_device_that_somebody_made_up_is_none(owner, forged):
    stranger = Browser()
    answers = []
    for number in range(15):
        stranger.client.cookies[guessing._cookie("owner")] = f"{forged}{number}"
        answers.append(stranger.log_in("owner"))

    assert answers[-1] == 429


def test_the_cookie_of_a_device_says_nothing_and_goes_to_the_admin_alone(owner):
    known = Browser()
    known.log_in("owner", PASSWORD)
    (cookie,) = [morsel for name, morsel in known.client.cookies.items() if name.startswith("device_")]

    assert "owner" not in cookie.OutputString()
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")


def test_the_right_password_costs_nothing(owner):
    """As often as one likes, and from many browsers of one network, such as the tests of a site."""
    assert [Browser().log_in("owner", PASSWORD) for _ in range(25)] == [302] * 25


def test_a_known_and_an_unknown_name_get_the_same_answer_for_the_same_work(owner):
    answers, work = [], []
    Browser("198.51.100.1").log_in("the first one, for whom the site is read")
    for name in ("owner", TYPED):
        browser = Browser()
        for number in range(12):
            with CaptureQueriesContext(connection) as asked:
                answer = browser.post(LOG_IN, username=name, password="wrong")
            words = re.sub(r"\w{64}", "", answer.content.decode()).replace(name, "")
            answers.append((name, number, answer.status_code, words))
            work.append((name, number, [re.sub(r"\d+|'[^']*'", "?", query["sql"]) for query in asked]))
        Bucket.objects.all().delete()

    assert [each[1:] for each in answers[:12]] == [each[1:] for each in answers[12:]]
    assert [each[1:] for each in work[:12]] == [each[1:] for each in work[12:]]


def test_each_try_is_a_line_of_the_log_without_what_was_typed(owner, caplog):
    browser = Browser()
    for name, password in ((TYPED, "kq7secret"), ("owner", "kq7secret"), ("owner", PASSWORD)):
        browser.log_in(name, password)

    lines = [record.getMessage() for record in caplog.records if record.name == "cms.accounts.log_in"]
    assert lines == [
        "log-in refused: no such user",
        f"log-in refused: wrong password for user {owner.pk}",
        f"user {owner.pk} logged in",
    ]
    assert logging.getLogger("cms.accounts.log_in").isEnabledFor(logging.INFO)


def test_what_was_typed_is_kept_nowhere(owner):
    browser = Browser()
    browser.log_in(TYPED, "kq7secret")

    assert crawl.leaks(crawl.database_bytes(), [TYPED, "kq7secret@x", "203.0.113.9"]) == []


def test_a_page_that_is_read_counts_nothing(owner):
    for _ in range(30):
        Browser().client.get(f"{LOG_IN}?username=owner&password=wrong")

    assert not Bucket.objects.exists()


def test_a_program_on_the_machine_itself_waits_for_nobody(owner):
    for _ in range(30):
        assert authenticate(username="owner", password="wrong") is None
    assert authenticate(username="owner", password=PASSWORD) == owner


def test_the_log_in_of_private_pages_leads_to_the_one_that_is_counted(owner):
    answer = Browser().client.get("/_util/login/?next=/private/")

    assert (answer.status_code, answer["Location"]) == (302, f"{LOG_IN}?next=/private/")


def test_no_password_is_tried_at_its_old_address(owner):
    browser = Client(headers={"host": "localhost"})  # which is asked for no token
    right = browser.post("/_util/login/?next=/admin/", {"username": "owner", "password": PASSWORD})

    assert (right.status_code, right["Location"]) == (302, f"{LOG_IN}?next=/admin/")
    assert "sessionid" not in browser.cookies


def test_who_logs_in_for_a_private_page_lands_on_it_and_is_known_there(owner, post):
    PageViewRestriction.objects.create(page=post, restriction_type=PageViewRestriction.LOGIN)
    reader, browser = UserFactory(username="reader"), Browser()
    path, query = browser.client.get(post.url, follow=True).redirect_chain[-1][0].split("?")
    assert path == LOG_IN

    to = parse_qs(query)["next"][0]
    answer = browser.post(LOG_IN, username="reader", password=PASSWORD, next=to)
    landed = browser.client.get(answer["Location"])

    assert (answer.status_code, answer["Location"]) == (302, to)
    assert (landed.status_code, landed.wsgi_request.user) == (200, reader)
    assert post.title in landed.content.decode()
    assert any(name.startswith("device_") for name in browser.client.cookies)


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_page_of_another_site_is_landed_on(owner, to):
    answer = Browser().post(LOG_IN, username="owner", password=PASSWORD, next=to)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def busy(browser: Browser, name: str, password: str) -> int:
    """Log in while another password is being hashed in this process."""
    with guessing.turn.lock:
        return browser.log_in(name, password)


def test_while_passwords_are_guessed_a_stranger_does_not_wait_for_a_turn(owner):
    """So that no thread stands idle that could answer readers. A refusal of this kind costs nothing."""
    stranger = Browser()
    stranger.log_in("owner")
    assert [busy(stranger, "owner", PASSWORD) for _ in range(10)] == [429] * 10

    assert stranger.log_in("owner", PASSWORD) == 302


class MeetingHasher(MD5PasswordHasher):
    """Looks whether another password is being hashed at the same time."""

    algorithm = "meeting"
    meeting = threading.Barrier(2)
    met = threading.Event()

    def verify(self, password: str, encoded: str) -> bool:
        with suppress(threading.BrokenBarrierError):
            self.meeting.wait(timeout=1)
            self.met.set()
        return super().verify(password, encoded)


@pytest.mark.django_db(transaction=True)
def test_one_password_is_hashed_at_a_time_and_those_who_are_known_wait_for_their_turn(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.MeetingHasher"]
    people = [UserFactory(username=name, group="Editors") for name in ("ann", "ben")]
    devices = [Browser(), Browser()]
    for device, person in zip(devices, people, strict=True):
        assert device.log_in(person.username, PASSWORD) == 302
        device.log_out()
    MeetingHasher.meeting.reset()
    Browser().log_in("ann")  # passwords are being guessed, and strangers do not wait
    MeetingHasher.meeting.reset()

    answers = at_once(2, lambda number: devices[number].log_in(people[number].username, PASSWORD))

    assert answers == [302, 302]
    assert not MeetingHasher.met.is_set()


class TestOtherDoors:
    def change_own(self, person, old: str, new: str = "another long password"):
        fields = {
            "password-old_password": old,
            "password-new_password1": new,
            "password-new_password2": new,
            "name_email-first_name": "Ann",
            "name_email-last_name": "Lee",
            "theme-theme": "system",
            "theme-contrast": "system",
            "theme-density": "default",
            "theme-keyboard_shortcuts": "on",
            "locale-preferred_language": "",
            "locale-current_time_zone": "",
        }
        return person.post("/admin/account/", fields)

    def test_the_old_password_is_asked_for_on_the_account_page(self, owner):
        person = signed_in(owner)
        refused = self.change_own(person, "wrong")
        assert "Your old password was entered incorrectly" in refused.content.decode()
        assert Bucket.objects.get().tokens == 9  # it was checked once

        assert self.change_own(person, PASSWORD).status_code == 302
        owner.refresh_from_db()
        assert owner.check_password("another long password")

    def test_the_old_password_is_guessed_slowly(self, owner):
        person = signed_in(owner)
        answers = [self.change_own(person, "wrong").status_code for _ in range(12)]

        assert answers == 10 * [200] + 2 * [429]
        assert "Please wait 30 seconds" in self.change_own(person, PASSWORD).content.decode()

    def test_a_page_of_ones_account_without_a_password_counts_nothing(self, owner):
        signed_in(owner).get("/admin/account/")

        assert not Bucket.objects.exists()

    def test_one_client_asks_for_few_links_to_a_new_password(self, owner):
        stranger = Browser()
        answers = [
            stranger.post("/admin/password_reset/", email=f"somebody{number}@example.org").status_code
            for number in range(20)
        ]

        assert answers == 5 * [302] + 15 * [429]
        assert Delivery.objects.exists()
        assert Browser("198.51.100.4").post("/admin/password_reset/", email=owner.email).status_code == 302

    def test_the_password_of_a_private_page_is_guessed_slowly(self, post):
        post.view_restrictions.create(restriction_type="password", password="opens the page")
        stranger = Browser()
        asked = stranger.client.get(post.url).content.decode()
        door = re.search(r'action="([^"]+authenticate_with_password[^"]+)"', asked)[1]
        words = {"return_url": post.url}
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', asked)
        if token:
            words["csrfmiddlewaretoken"] = token[1]

        def attempt(password: str) -> int:
            return stranger.client.post(door, {**words, "password": password}).status_code

        assert [attempt("opens the page") for _ in range(12)] == [302] * 12
        assert [attempt("wrong") for _ in range(12)] == 10 * [200] + 2 * [429]

    def test_the_password_of_private_documents_is_guessed_slowly(self, post):
        restriction = CollectionViewRestriction.objects.create(
            collection=Collection.objects.first(), restriction_type="password", password="opens them"
        )
        stranger = Browser()
        door = f"/documents/authenticate_with_password/{restriction.pk}/"
        answers = [stranger.post(door, password="wrong", return_url="/").status_code for _ in range(12)]

        assert answers == 10 * [200] + 2 * [429]

    @pytest.mark.parametrize(
        "token", ["x", "wagtail_x", "wagtail_" + "0" * 33, "a" * 60_000, "comment_x", "wagtail_\u00e9"]
    )
    def test_tokens_of_staff_are_guessed_slowly_and_reading_writes_nothing(self, post, token):
        url = "/api/v1/moderation/comments/"
        client = visitor(authorization=f"Bearer {token}")
        answers = [client.get(url) for _ in range(25)]

        assert [answer.status_code for answer in answers] == 20 * [401] + 5 * [429]
        assert answers[-1]["Content-Type"] == "application/problem+json"
        assert int(answers[-1]["Retry-After"]) > 0
        assert not Bucket.objects.exists()

    def test_the_many_networks_of_one_connection_guess_tokens_as_one(self, post):
        client = visitor(authorization="Bearer wagtail_x")
        addresses = [*(f"2001:db8:7:{number:x}::1" for number in range(25)), "2001:db8:8::1"]
        url = "/api/v1/moderation/comments/"

        answers = [client.get(url, REMOTE_ADDR=address).status_code for address in addresses]

        assert answers == 20 * [401] + 5 * [429] + [401]


@pytest.mark.parametrize(
    "password", ["short", "elevenchars", "123456789012", "the-owner-at-home", "q1w2e3r4t5y6"]
)
def test_a_password_that_is_short_or_common_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, UserFactory.build(username="the-owner-at-home"))


def test_a_weak_password_of_the_demo_is_said_to_be_weak():
    assert "at least 12 characters" in weakness("short")
    assert weakness(PASSWORD) == ""


def test_the_count_of_wrong_tokens_is_forgotten(post, time_machine):
    client = visitor(authorization="Bearer x")
    for _ in range(25):
        client.get("/api/v1/moderation/comments/")
    cache.clear()

    assert client.get("/api/v1/moderation/comments/").status_code == 401

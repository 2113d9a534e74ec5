"""A session is found by a keyed digest, and ends by the server's clock."""

import hashlib

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.management import call_command
from django.test import Client
from django.utils.http import urlsafe_base64_encode

from cms.outbox import chores
from cms.sessions import actions
from cms.sessions.models import Session
from cms.sessions.store import SessionStore, digest
from tests import crawl
from tests.conftest import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def is_logged_in(browser: Client) -> bool:
    return browser.get("/admin/account/").status_code == 200


def cookie_of(browser: Client, settings) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser(editor):
    return signed_in(editor)


def test_a_stolen_database_holds_no_session_that_can_be_used(browser, settings):
    browser.get("/admin/")
    key = cookie_of(browser, settings)

    assert is_logged_in(browser)
    assert key.encode() not in crawl.database_bytes()
    thief = Client(headers={"host": "localhost"})
    (row,) = Session.objects.all()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert not is_logged_in(thief)


def test_nobody_finds_the_row_of_a_cookie_without_the_key_of_the_site(browser, settings):
    key = cookie_of(browser, settings).encode()
    (row,) = Session.objects.all()

    length = len(row.session_key)
    assert length == 40
    assert row.session_key not in {hashlib.new(name, key).hexdigest()[:length] for name in crawl.HASHES}
    settings.SECRET_KEY = "another key of the site, as long as it has to be for Django"
    assert digest(key.decode()) != row.session_key


def test_a_stolen_database_holds_no_link_to_a_new_password_that_was_opened(editor, settings):
    """Django keeps its token in the session until the new password is typed."""
    uid, token = urlsafe_base64_encode(str(editor.pk).encode()), default_token_generator.make_token(editor)
    browser = Client(headers={"host": "localhost"})
    assert browser.get(f"/admin/password_reset/confirm/{uid}/{token}/").status_code == 302
    assert token in dict(browser.session).values()

    assert crawl.leaks(crawl.database_bytes(), [token]) == []


def test_the_data_of_one_session_are_none_of_another(editor, admin):
    browser, other = signed_in(editor), signed_in(admin)
    rows = {row.user: row for row in Session.objects.all()}
    rows[editor].session_data = rows[admin].session_data
    rows[editor].save()

    assert is_logged_in(other)
    assert not is_logged_in(browser)


def test_the_asynchronous_store_keeps_no_key_either(editor, loop_of_our_own):
    store = SessionStore()

    async def use() -> None:
        await store.aset("colour", "blue")
        await store.asave()
        await store.acycle_key()
        await store.asave()

    async_to_sync(use)()

    assert store.session_key.encode() not in crawl.database_bytes()
    assert SessionStore(store.session_key)["colour"] == "blue"


def test_another_secret_key_logs_everybody_out(browser, settings):
    settings.SECRET_KEY = "another-key-for-tests-" + 40 * "y"

    assert not is_logged_in(browser)


def test_a_log_in_gets_another_key_and_the_old_one_is_worth_nothing(editor, settings):
    browser = Client(headers={"host": "localhost"})
    session = browser.session
    session["colour"] = "blue"
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    browser.force_login(editor)

    assert cookie_of(browser, settings) != planted
    assert not SessionStore(planted).exists(planted)


@pytest.mark.django_db(transaction=True)
def test_a_log_in_of_somebody_who_is_deleted_meanwhile_comes_to_an_end(editor):
    """Django takes what the database refuses for a key that was given already, and tries another for ever."""
    store = SessionStore()
    store[SESSION_KEY] = str(editor.pk)
    editor.delete()

    with pytest.raises(SessionInterrupted):
        store.cycle_key()
    assert not Session.objects.exists()


def test_ended_sessions_are_forgotten_by_the_worker(time_machine):
    time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
    browser = signed_in(UserFactory())
    time_machine.shift(3 * 3600)
    assert Session.objects.exists()
    call_command("deliver", once=True)
    next(clock for clock in chores.clocks() if clock.name == "forget ended sessions").strike()

    assert not Session.objects.exists()
    assert not is_logged_in(browser)


class TestEnds:
    @pytest.fixture(autouse=True)
    def _at_one_time(self, time_machine) -> None:
        time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)

    def test_without_any_activity_for_two_hours(self, editor, time_machine):
        browser = signed_in(editor)
        time_machine.shift(2 * 3600 - 1)
        assert is_logged_in(browser)
        time_machine.shift(2 * 3600 + 1)
        assert not is_logged_in(browser)

    def test_a_day_after_the_log_in_whatever_happens(self, editor, time_machine):
        browser = signed_in(editor)
        for _ in range(24):
            assert is_logged_in(browser)
            time_machine.shift(3600)

        assert not is_logged_in(browser)

    def test_whatever_the_cookie_says(self, editor, settings, time_machine):
        browser = signed_in(editor)
        session = browser.session
        session.set_expiry(30 * 24 * 3600)
        session.save()
        time_machine.shift(2 * 3600 + 1)

        assert not is_logged_in(browser)

    def test_the_times_are_variables(self, editor, settings, time_machine):
        settings.SESSION_IDLE_TIME, settings.SESSION_COOKIE_AGE = 600, 1500
        browser = signed_in(editor)
        for passed in (500, 500, 499):
            time_machine.shift(passed)
            assert is_logged_in(browser)
        time_machine.shift(2)

        assert not is_logged_in(browser)

    def test_a_setting_that_is_saved_puts_no_end_off(self, editor, time_machine):
        """Wagtail gives the session another key then, and its row is written anew."""
        browser = signed_in(editor)
        for _ in range(24):
            session = browser.session
            session.cycle_key()
            session.save()
            browser.cookies["sessionid"] = session.session_key
            time_machine.shift(3600)

        assert not is_logged_in(browser)


class TestActions:
    def test_all_others_end_and_this_one_goes_on(self, editor):
        browsers = [signed_in(editor) for _ in range(3)]
        stranger = signed_in(UserFactory(group="Editors"))
        request = browsers[1].get("/admin/account/").wsgi_request

        assert actions.end_others(request) == 2
        assert [is_logged_in(browser) for browser in (*browsers, stranger)] == [False, True, False, True]

    def test_all_of_a_person_end(self, editor):
        browsers = [signed_in(editor) for _ in range(2)]

        assert actions.end_all(editor) == 2
        assert [is_logged_in(browser) for browser in browsers] == [False, False]

    def test_one_ends_and_nobody_elses(self, editor, admin):
        browsers = [signed_in(editor), signed_in(admin)]
        (theirs,) = actions.of(admin)
        (own,) = actions.of(editor)

        assert actions.end_one(editor, theirs.session_key) == 0
        assert actions.end_one(editor, own.session_key) == 1
        assert [is_logged_in(browser) for browser in browsers] == [False, True]

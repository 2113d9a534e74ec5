"""Where one is logged in, and how one ends that: with buttons in forms, so that no script is needed."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from wagtail.models import ModelLogEntry

from cms.accounts import session_views
from cms.sessions.models import Session
from tests.cms.second_factor.browser import CONFIRM, with_app
from tests.conftest import signed_in, visitor
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

OWN = "/admin/account/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = "Mozilla/5.0 (Linux; Android 10; K) (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"


def log_in(user, user_agent: str) -> Client:
    browser = Client(headers={"host": "localhost", "user-agent": user_agent})
    sent = {"username": user.username, "password": PASSWORD, "next": "/admin/"}
    assert browser.post("/admin/login/", sent).status_code == 302
    return browser


def is_logged_in(browser: Client) -> bool:
    return browser.get("/admin/account/").status_code == 200


def rows(browser: Client, url: str = OWN) -> list[list[str]]:
    page = BeautifulSoup(browser.get(url).content.decode(), "html.parser")
    found = [row.find_all("td") for row in page.select("table.listing tbody tr")]
    return [[" ".join(cell.text.split()) for cell in cells] for cells in found]


def press(browser: Client, words: str, url: str = OWN):
    """Press the button with these words, as a browser without scripts does."""
    page = BeautifulSoup(browser.get(url).content.decode(), "html.parser")
    button = next(each for each in page.find_all("button") if words in (each.get("aria-label") or each.text))
    form = button.find_parent("form")
    sent = {each["name"]: each["value"] for each in form.find_all("input")}
    return browser.post(form.get("action") or url, {**sent, button["name"]: button["value"]})


def prove(browser: Client, password: str = PASSWORD):
    """Give the password on the page that a button has led to."""
    return browser.post(f"{CONFIRM}?next={OWN}", {"current_password": password})


@pytest.fixture
def browsers(editor, time_machine) -> list[Client]:
    time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
    first = log_in(editor, FIREFOX)
    time_machine.shift(3600)
    return [first, log_in(editor, CHROME)]


def test_the_list_says_browser_begin_last_seen_and_which_is_this(browsers):
    assert rows(browsers[0]) == [
        ["Chrome on Android", "27 November 2026, 11:00", "27 November 2026, 11:00", "End"],
        ["Firefox on Linux", "27 November 2026, 10:00", "27 November 2026, 10:00", "This session"],
    ]
    assert [row[2] for row in rows(browsers[0])] == ["27 November 2026, 11:00"] * 2


def test_those_that_have_ended_by_themselves_are_not_in_it(browsers, time_machine):
    time_machine.shift(3600 + 1)

    assert Session.objects.count() == 2
    assert [row[0] for row in rows(browsers[1])] == ["Chrome on Android"]


def test_nobody_elses_are_in_it(browsers, admin):
    assert [row[0] for row in rows(log_in(admin, "curl/8"))] == ["Another program"]


def test_the_account_page_leads_to_it(browsers):
    assert f'href="{OWN}"' in browsers[0].get("/admin/account/").content.decode()


@pytest.mark.parametrize("words", ["End: Chrome", "End all other sessions", "Log out everywhere"])
def test_none_ends_before_the_password_is_given(browsers, words, time_machine):
    answer = press(browsers[0], words)
    assert (answer.status_code, answer["Location"]) == (302, f"{CONFIRM}?{urlencode({'next': OWN})}")
    assert "This is not your password." in prove(browsers[0], "wrong").content.decode()
    press(browsers[0], words)
    assert [is_logged_in(browser) for browser in browsers] == [True, True]

    answer = prove(browsers[0])
    assert (answer.status_code, answer["Location"]) == (302, OWN)
    assert press(browsers[0], words).status_code == 303
    assert not is_logged_in(browsers[1])


def test_it_is_asked_for_again_ten_minutes_later(browsers, time_machine):
    prove(browsers[0])
    time_machine.shift(601)

    assert press(browsers[0], "End all other sessions").status_code == 302
    assert is_logged_in(browsers[1])


def test_who_has_a_factor_shows_it_as_well(editor):
    browser, app, _ = with_app("editor")
    other = signed_in(editor)
    browser.forget_proof()
    browser.confirm(password=PASSWORD)
    browser.post(OWN, do="others")
    assert Session.objects.count() == 2

    browser.confirm(app.code(1))
    browser.post(OWN, do="others")
    assert Session.objects.count() == 1
    assert not is_logged_in(other)


def test_one_ends(browsers):
    prove(browsers[0])
    assert press(browsers[0], "End: Chrome on Android").status_code == 303
    assert [is_logged_in(browser) for browser in browsers] == [True, False]


def test_all_others_end(browsers):
    prove(browsers[0])
    assert press(browsers[0], "End all other sessions").status_code == 303
    assert [is_logged_in(browser) for browser in browsers] == [True, False]


def test_all_end_this_one_too(browsers):
    prove(browsers[0])
    answer = press(browsers[0], "Log out everywhere")

    assert (answer.status_code, answer["Location"]) == (303, "/admin/login/")
    assert [is_logged_in(browser) for browser in browsers] == [False, False]


def test_nobody_elses_session_is_ended_by_its_name(browsers, admin):
    mine = log_in(admin, FIREFOX)
    theirs = Session.objects.get(user=admin).session_key
    prove(browsers[0])
    browsers[0].post(OWN, {"do": "end", "session": theirs})

    assert is_logged_in(mine)


@pytest.mark.parametrize("sent", [{}, {"do": "nonsense"}])
def test_another_verb_is_refused(browsers, sent):
    assert browsers[0].post(OWN, sent).status_code == 400


@pytest.mark.parametrize("key", ["", "\0", "x" * 100_000, "ü"])
def test_a_session_that_is_none_is_said_to_be_none(browsers, key):
    prove(browsers[0])
    answer = browsers[0].post(OWN, {"do": "end", "session": key}, follow=True)

    assert answer.status_code in (200, 400)
    assert all(is_logged_in(browser) for browser in browsers)


def test_the_list_is_bounded(editor, monkeypatch):
    monkeypatch.setattr(session_views, "MOST_SHOWN", 3)
    browser = [signed_in(editor) for _ in range(5)][0]

    assert len(rows(browser)) == 3
    assert "Only the last 3 are shown." in browser.get(OWN).content.decode()


class TestAnotherUser:
    @pytest.fixture
    def url(self, editor) -> str:
        return f"/admin/users/{editor.pk}/sessions/"

    def test_an_administrator_sees_and_ends_them_and_the_log_says_so(self, browsers, admin, editor, url):
        boss = signed_in(admin)
        assert sorted(row[0] for row in rows(boss, url)) == ["Chrome on Android", "Firefox on Linux"]
        assert press(boss, "End all sessions", url).status_code == 303

        assert [is_logged_in(browser) for browser in (*browsers, boss)] == [False, False, True]
        entry = ModelLogEntry.objects.get(action="sessions.end_all")
        assert (entry.user, entry.object_id) == (admin, str(editor.pk))
        assert "Ended all sessions" in boss.get(f"/admin/users/history/{editor.pk}/").content.decode()

    def test_nobody_else_may(self, browsers, url):
        colleague = signed_in(UserFactory(group="Editors"))
        for somebody in (colleague, visitor()):
            assert somebody.get(url).status_code == 302
            assert somebody.post(url, {"do": "all"}).status_code in (302, 403)

        assert all(is_logged_in(browser) for browser in browsers)

    def test_of_nobody_there_are_none(self, admin):
        assert signed_in(admin).get("/admin/users/987654/sessions/").status_code == 404

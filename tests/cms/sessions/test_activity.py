"""What keeps a session alive: what a person does, and nothing that an open page does by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.sessions.models import Session
from tests.conftest import signed_in
from tests.editor import JSON, Editor, paragraph, stream

pytestmark = pytest.mark.django_db

HOUR = 3600
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def _at_one_time(time_machine) -> None:
    time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)


@pytest.fixture
def browser(editor):
    return signed_in(editor)


def ping(browser, post):
    return browser.post(f"/admin/editing-sessions/ping/blog/blogpostpage/{post.pk}/1/", {"is_editing": "1"})


def is_logged_in(browser) -> bool:
    return browser.get("/admin/account/").status_code == 200


def test_an_editor_that_somebody_left_open_ends(browser, post, time_machine):
    Editor(browser, post).open()
    answers = []
    for _ in range(13):  # every ten minutes, which is as good as every ten seconds
        time_machine.shift(HOUR // 6)
        answers.append(ping(browser, post).status_code)

    assert answers == 11 * [200] + 2 * [302]
    assert not is_logged_in(browser)


def test_whoever_types_for_hours_stays(browser, post, time_machine):
    editor = Editor(browser, post)
    form = editor.open()
    for number in range(4):
        time_machine.shift(HOUR)
        words = stream([("paragraph", paragraph(f"Sentence {number}."))])
        answer = browser.post(editor.url, {**form, **words}, headers=JSON)
        assert (answer.status_code, answer.json()["success"]) == (200, True)

    assert is_logged_in(browser)


def test_the_words_of_an_editor_that_ended_are_kept(browser, post, time_machine):
    editor = Editor(browser, post)
    form = editor.open() | {"title": "My words"}
    time_machine.shift(2 * HOUR + 1)

    saved_by_itself = browser.post(editor.url, form, headers={**JSON, "origin": "http://localhost"})
    assert (saved_by_itself.status_code, saved_by_itself.json()["error_code"]) == (403, "locked")
    answer = browser.post(editor.url, form, headers={"origin": "http://localhost"})
    assert (answer.status_code, "My words" in answer.content.decode()) == (403, True)


def test_activity_is_written_every_six_minutes_at_most(browser, time_machine):
    is_logged_in(browser)
    written = []
    for _ in range(12):
        time_machine.shift(60)
        with CaptureQueriesContext(connection) as asked:
            is_logged_in(browser)
        written.append(sum(query["sql"].startswith(WRITES) for query in asked))

    assert written == [0, 0, 0, 0, 0, 1] * 2


def test_a_made_up_session_on_a_public_page_writes_nothing(client, post, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    client.get(post.url)

    assert not Session.objects.exists()

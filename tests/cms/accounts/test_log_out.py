"""A log-out ends a session whole, or leaves it whole."""

import pytest

from tests.conftest import signed_in, visitor

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LOG_OUT = "/admin/logout/"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_another_method_logs_nobody_out(editor, method):
    browser = signed_in(editor)
    answer = browser.generic(method, LOG_OUT)

    assert (answer.status_code, answer["Allow"]) == (405, "OPTIONS, POST")
    assert not answer.cookies
    assert browser.get("/admin/account/").status_code == 200


def test_what_it_takes_is_told(editor):
    answer = signed_in(editor).options(LOG_OUT)

    assert (answer.status_code, answer["Allow"]) == (200, "OPTIONS, POST")


def test_a_post_logs_out_and_the_cookie_is_worth_nothing(editor, settings):
    browser, thief = signed_in(editor), visitor()
    name = settings.SESSION_COOKIE_NAME
    thief.cookies[name] = browser.cookies[name].value
    answer = browser.post(LOG_OUT)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert not answer.cookies[name].value
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert thief.get("/admin/account/").status_code == 302


def test_without_a_token_nobody_is_logged_out(editor, settings):
    browser = visitor()
    browser.force_login(editor)

    assert browser.post(LOG_OUT).status_code == 403
    assert browser.get("/admin/account/").status_code == 200

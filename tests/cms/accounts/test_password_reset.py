"""A forgotten password: whoever asks learns nothing, and the mail comes by the outbox."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.accounts import password_reset
from cms.outbox.models import Delivery, SiteMail, State
from cms.rate_limit import actions as rate_limit
from tests import crawl
from tests.conftest import visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

RESET = "/admin/password_reset/"
KNOWN, UNKNOWN = "kq7known3x@canary-one.example", "zt4unknown9w@canary-two.example"


@pytest.fixture
def user(db):
    return UserFactory(username="staff", email=KNOWN)


def ask(address: str, client: str = "192.0.2.1"):
    browser = visitor()
    browser.defaults["REMOTE_ADDR"] = client
    page = browser.get(RESET).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    return browser.post(RESET, {"email": address, "csrfmiddlewaretoken": token})


def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work(user):
    answers, work = [], []
    ask("the-first-of-this-client@canary-three.example")
    for address in (KNOWN, UNKNOWN):
        with CaptureQueriesContext(connection) as asked:
            answers.append(ask(address))
        work.append([re.sub(r"\d[\d.]*(?:e[-+]?\d+)?|'[^']*'", "?", query["sql"]) for query in asked])

    known, unknown = answers
    assert (known.status_code, known["Location"]) == (302, "/admin/password_reset/done/")
    assert (known.status_code, known.content, sorted(known.headers)) == (
        unknown.status_code,
        unknown.content,
        sorted(unknown.headers),
    )
    assert known["Location"] == unknown["Location"]
    assert work[0] == work[1]


def test_the_mail_comes_later_and_its_link_opens_the_door(user, smtp):
    ask(KNOWN)
    assert smtp.mails == []
    call_command("deliver", once=True)

    (mail,) = smtp.mails
    assert smtp.recipients == [KNOWN]
    link = re.search(r"http://localhost:8000(\S+)", mail.get_content())[1]
    answer = visitor().get(link, follow=True)
    assert "new_password1" in answer.content.decode()


def test_an_unknown_address_is_kept_nowhere_and_nobody_is_written_to(user, smtp):
    ask(UNKNOWN)
    assert crawl.leaks(crawl.database_bytes(), [UNKNOWN]) == []
    call_command("deliver", once=True)

    assert smtp.mails == []
    assert Delivery.objects.get().state == State.SUPPRESSED


def test_with_the_mail_server_away_the_answer_is_the_same(user, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(KNOWN).status_code == 302
    call_command("deliver", once=True)

    assert Delivery.objects.get().state == State.WAITING


def test_many_who_ask_in_anothers_name_send_him_one_mail(user, smtp):
    for _ in range(20):
        ask(KNOWN.upper())
    call_command("deliver", once=True)

    assert len(smtp.mails) == 1


def test_ten_minutes_later_he_may_have_another(user, smtp):
    ask(KNOWN)
    call_command("deliver", once=True)
    Delivery.objects.update(finished_at=Delivery.objects.get().finished_at - password_reset.ONE_IN)
    ask(KNOWN)
    call_command("deliver", once=True)

    assert len(smtp.mails) == 2


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}, {"password": "!"}])
def test_a_log_in_that_was_closed_meanwhile_gets_none(user, smtp, change):
    ask(KNOWN)
    type(user).objects.update(**change)
    call_command("deliver", once=True)

    assert smtp.mails == []


def test_no_link_waits_in_the_database(user):
    """It is made when the mail is sent: a thief of the file finds none."""
    ask(KNOWN)

    assert not SiteMail.objects.exists()


@pytest.mark.parametrize("times", [80, pytest.param(800, marks=pytest.mark.long)])
def test_however_many_of_one_client_are_a_handful(user, smtp, times):
    answers = [ask(f"kq{number}@canary-one.example").status_code for number in range(times)]

    assert answers.count(302) <= 6
    assert set(answers) == {302, 429}
    assert Delivery.objects.count() == answers.count(302)


def test_a_site_of_many_networks_is_one_client_in_the_end(user):
    """An IPv6 /48 has 65,536 networks, and each of them a bucket of its own."""
    answers = [ask(KNOWN, client=f"2001:db8:7:{number:x}::1").status_code for number in range(60)]

    most = rate_limit.NETWORKS * rate_limit.CAPACITY
    assert most <= answers.count(302) <= most + 2
    assert ask(KNOWN, client="2001:db8:8::1").status_code == 302


def test_an_account_gets_six_mails_a_day_however_many_ask(user, smtp):
    with time_machine.travel(timezone.now()) as clock:
        for number in range(20):
            ask(KNOWN, client=f"198.51.100.{number}")
            call_command("deliver", once=True)
            clock.shift(timedelta(minutes=11))
        assert len(smtp.mails) == password_reset.MOST_A_DAY

        clock.shift(timedelta(days=1))
        ask(KNOWN)
        call_command("deliver", once=True)
    assert len(smtp.mails) == password_reset.MOST_A_DAY + 1


def test_all_accounts_together_get_so_many_an_hour_and_none_is_forgotten(db, smtp, monkeypatch):
    monkeypatch.setattr(password_reset, "MOST_AN_HOUR", 3)
    with time_machine.travel(timezone.now()) as clock:
        for number in range(7):
            ask(UserFactory().email, client=f"198.51.100.{number}")
        sent = []
        for _ in range(3):
            call_command("deliver", once=True)
            sent.append(len(smtp.mails))
            clock.shift(timedelta(hours=1, seconds=1))

    assert sent == [3, 6, 7]

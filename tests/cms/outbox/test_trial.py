"""A test mail, and the sentence that says what became of it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from cms.outbox import actions, staff, trial
from cms.outbox.models import Delivery, SiteMail, State
from cms.outbox.trial import Became
from tests import crawl
from tests.conftest import signed_in
from tests.smtp_peer import DROP, SmtpPeer, free_port, text_of

pytestmark = pytest.mark.django_db

TO = "kq7trial3x@canary-seven.example"
FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def worker(db):
    actions.report_alive("a worker")


def tried(admin) -> trial.Outcome:
    """Send one, let the worker look once, and ask."""
    sent = trial.send(TO, by=admin)
    call_command("deliver", once=True)
    said = trial.outcome(sent.pk)
    assert crawl.leaks(said.sentence.encode(), [TO]) == []
    return said


def test_it_arrives_and_the_sentence_names_the_server(admin, smtp, worker):
    sent = trial.send(TO, by=admin)
    assert trial.outcome(sent.pk).became == Became.WAITING

    call_command("deliver", once=True)
    (mail,) = smtp.mails
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (TO, "website@clinic.example")
    assert mail["Subject"].endswith(": a test mail")
    assert "There is nothing to do." in text_of(mail)
    assert trial.outcome(sent.pk) == (
        Became.ACCEPTED,
        "127.0.0.1 accepted it. If it does not arrive, look into the spam folder.",
    )
    assert not SiteMail.objects.exists()


def test_without_a_worker_that_is_said(admin, smtp):
    sent = trial.send(TO, by=admin)

    said = trial.outcome(sent.pk)
    assert said.became == Became.NO_WORKER
    assert "manage.py deliver" in said.sentence


def test_mail_that_goes_to_files_is_called_that(admin, settings, tmp_path, worker):
    settings.OUTBOX_TRANSPORT, settings.EMAIL_FILE_PATH = FILES, tmp_path

    said = tried(admin)

    assert said.became == Became.WRITTEN
    assert "EMAIL_URL" in said.sentence
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        ("MAIL", "550 not you", "does not send for the sender's address. Its answer has the code 550."),
        ("RCPT", "550 not there", "does not take mail for this recipient. Its answer has the code 550."),
        ("RCPT", "452 4.2.2 full", "does not take mail for this recipient. Its answer has the code 452."),
        ("DATA", "554 spam", "refused the content of the mail, or what it is sent as."),
    ],
)
def test_a_refusal_is_told_with_its_code(admin, smtp, worker, command, answer, words):
    smtp.at[command, ""] = [f"{answer} <{TO}>"]

    said = tried(admin)

    assert said.became == Became.REFUSED
    assert words in said.sentence


def test_a_log_in_that_is_refused_is_told(admin, settings, worker):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "wrong"
    with SmtpPeer(log_in=lambda name, password: False) as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT = peer.host, peer.port
        said = tried(admin)

    assert said.became == Became.REFUSED
    assert "did not accept the user name and password of EMAIL_URL" in said.sentence


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("127.0.0.1", "Nothing listens at 127.0.0.1. Look at the port"),
        ("no-such-server.invalid", "There is no mail server of the name no-such-server.invalid."),
    ],
)
def test_a_server_that_is_not_there_is_told(admin, settings, worker, host, words):
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, free_port()

    said = tried(admin)

    assert said.became == Became.UNREACHABLE
    assert words in said.sentence


def test_a_server_that_hangs_up_after_the_mail_is_told(admin, smtp, worker):
    smtp.at["DATA", ""] = [DROP]

    assert "no one knows whether it arrived" in tried(admin).sentence


def test_one_that_someone_gave_up_is_told(admin, smtp, worker):
    sent = trial.send(TO, by=admin)
    staff.give_up([sent], by=admin)

    assert trial.outcome(sent.pk).became == Became.STOPPED
    assert not SiteMail.objects.exists()


def test_five_an_hour_and_then_no_more(admin, smtp):
    for _ in range(trial.MOST_AN_HOUR):
        trial.send(TO, by=admin)

    with pytest.raises(trial.TooManyError) as refused:
        trial.send(TO, by=admin)
    assert Delivery.objects.count() == SiteMail.objects.count() == trial.MOST_AN_HOUR
    with time_machine.travel(refused.value.until + timedelta(seconds=1)):
        assert trial.send(TO, by=admin).state == State.WAITING


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"]
)
def test_what_is_no_address_gets_none(admin, address):
    with pytest.raises(trial.NoAddressError):
        trial.send(address, by=admin)
    assert not SiteMail.objects.exists()


def test_the_dashboard_says_to_superusers_alone_that_mail_goes_to_files(admin, editor, settings):
    assert b"Mail reaches no one" not in signed_in(admin).get("/admin/").content

    settings.OUTBOX_TRANSPORT = FILES
    assert b"Mail reaches no one" in signed_in(admin).get("/admin/").content
    assert b"Mail reaches no one" not in signed_in(editor).get("/admin/").content

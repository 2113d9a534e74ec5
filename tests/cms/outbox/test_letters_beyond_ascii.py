"""An address with letters beyond ASCII before the @: over servers that offer SMTPUTF8, and over others."""

import unicodedata
from email.policy import SMTPUTF8
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.mail import EmailMessage, send_mail
from django.core.management import call_command
from django.urls import reverse

from blog.comments.models import Reader, ReaderComment
from cms.outbox import postman, queries
from cms.outbox.models import Delivery, Failure, State
from home.contact.models import ContactMessage
from tests.blog.comments.posting.test_life import send
from tests.conftest import signed_in, visitor
from tests.smtp_peer import SmtpPeer

pytestmark = [pytest.mark.once, pytest.mark.django_db]

READER = "jürgen@bücher.example"
SPELT = ("jürgen@bücher.example", "ju\u0308rgen@BÜCHER.example", "jürgen@xn--bcher-kva.example")
ON_THE_WIRE = "jürgen@xn--bcher-kva.example"
WORDS = "The mail server cannot take addresses with letters beyond ASCII"


@pytest.fixture
def plain(settings):
    """A mail server that offers no SMTPUTF8."""
    with SmtpPeer(utf8=False) as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT = peer.host, peer.port
        yield peer


def write(contact, address: str = READER, **more: str):
    return visitor().post(contact.url, {"name": "Jürgen", "email": address, "message": "Hello", **more})


def deliver() -> None:
    while postman.deliver_due():
        pass


def test_a_mail_goes_to_such_an_address_over_smtputf8(smtp):
    send_mail("Grüße", "Ein Brief.", None, [SPELT[1]])
    deliver()
    assert smtp.recipients == [unicodedata.normalize("NFC", "jürgen@xn--bcher-kva.example")]
    (mail,) = smtp.mails
    assert f"To: {ON_THE_WIRE}\n" in mail.as_bytes(policy=SMTPUTF8.clone(linesep="\n")).decode()
    assert (mail["Subject"], mail.get_content().strip()) == ("Grüße", "Ein Brief.")
    assert Delivery.objects.get().state == State.SENT


@pytest.mark.parametrize("address", ["ada@bücher.example", "ada@faß.example", "ada@例子.example"])
def test_a_domain_beyond_ascii_needs_no_smtputf8(plain, address):
    send_mail("Hello", "Words.", None, [address])
    deliver()
    assert Delivery.objects.get().state == State.SENT
    assert plain.recipients[0].isascii() and plain.recipients[0].startswith("ada@xn--")
    assert "xn--fa-hia" in plain.recipients[0] or "ß" not in address


@pytest.mark.parametrize("address", [READER, "用户@例子.example", "пётр@example.org", "दीपक@example.org"])
def test_without_smtputf8_such_a_mail_fails_in_words_and_the_others_go_on(plain, admin, address):
    for to in (address, "ada@example.org"):
        send_mail("Hello", "Words.", None, [to])
    deliver()
    failed = Delivery.objects.get(state=State.FAILED)
    assert (failed.failure, failed.attempts) == (Failure.LETTERS, 1)
    assert plain.recipients == ["ada@example.org"]
    assert plain.connections == 1  # it is no fault of the line
    assert not queries.status().late and not Delivery.objects.waiting().exists()
    html = signed_in(admin).get(reverse("outbox:rows") + "?state=failed").content.decode()
    assert WORDS in html and address not in html
    output = StringIO()
    call_command("outbox", "status", stdout=output)
    assert "letters" in output.getvalue() and address not in output.getvalue()


def test_a_failed_one_is_sent_again_once_the_server_takes_it(plain, settings, admin):
    send_mail("Hello", "Words.", None, [READER])
    deliver()
    with SmtpPeer() as better:
        settings.EMAIL_PORT = better.port
        call_command("outbox", "send-again", "--all", stdout=StringIO())
        deliver()
        assert better.recipients == [ON_THE_WIRE]


def test_staff_get_a_message_from_such_an_address_whatever_their_server_takes(
    plain, contact, settings, admin
):
    settings.CONTACT_RECIPIENTS = ["desk@clinic.example"]
    assert write(contact).status_code == 303
    deliver()
    (mail,) = plain.mails
    assert mail["Reply-To"] is None
    text = mail.get_body(("plain",)).get_content()
    assert f"Write to {READER} directly" in text
    assert READER in mail.get_body(("html",)).get_content()
    message = ContactMessage.objects.get()
    assert message.reply_address == READER
    html = signed_in(admin).get(reverse("home_contact:message", args=[message.pk])).content.decode()
    assert READER in html and WORDS not in html


def test_an_answer_to_a_domain_beyond_ascii_needs_no_more_than_reply_to(plain, contact, settings):
    settings.CONTACT_RECIPIENTS = ["desk@clinic.example"]
    write(contact, "ada@bücher.example")
    deliver()
    assert plain.mails[0]["Reply-To"] == "ada@xn--bcher-kva.example"


def test_staff_with_such_an_address_are_said_to_have_got_nothing(plain, contact, settings, admin):
    settings.CONTACT_RECIPIENTS = [READER, "desk@clinic.example"]
    write(contact, "ada@example.org")
    deliver()
    assert plain.recipients == ["desk@clinic.example"]
    page = reverse("home_contact:message", args=[ContactMessage.objects.get().pk])
    assert WORDS in signed_in(admin).get(page).content.decode()


def test_a_sender_that_the_server_does_not_take_is_the_sites_fault_and_waits(plain, settings):
    settings.DEFAULT_FROM_EMAIL = "Büro <büro@clinic.example>"
    send_mail("Hello", "Words.", None, ["ada@example.org"])
    deliver()
    assert Delivery.objects.get().state == State.WAITING


def test_a_sender_with_such_an_address_writes_over_smtputf8(smtp, settings):
    settings.DEFAULT_FROM_EMAIL = "Büro <büro@clinic.example>"
    send_mail("Hello", "Words.", None, ["ada@example.org"])
    deliver()
    assert Delivery.objects.get().state == State.SENT
    assert "büro@clinic.example" in str(smtp.mails[0]["From"])


def test_mail_in_files_names_its_people_as_they_are(settings, tmp_path):
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    send_mail("Hello", "Words.", None, [READER])
    deliver()
    (file,) = Path(tmp_path).iterdir()
    assert f"To: {ON_THE_WIRE}" in file.read_text()


@pytest.mark.parametrize("end", ["\nBcc: all@example.org", "\r\n\r\nWords", "\u2028Bcc: x"])
def test_no_header_is_smuggled_in_by_such_an_address(smtp, contact, end):
    assert write(contact, f"jürgen@example.org{end}").status_code == 422
    with pytest.raises(ValueError, match="line|parsed"):
        EmailMessage("Hello", "Words.", to=[f"jürgen@example.org\n{end}"]).send()
    assert not ContactMessage.objects.exists()


def test_every_spelling_is_one_reader_who_is_exported_and_erased(post):
    for number, address in enumerate(SPELT):
        assert send(visitor(), post.url, email=address, comment=f"Words {number}").status_code == 303
    assert Reader.objects.count() == 1
    output = StringIO()
    call_command("privacy", "export", SPELT[2], stdout=output)
    assert all(f"Words {number}" in output.getvalue() for number in range(3))
    call_command("privacy", "erase", SPELT[1], "--noinput", stdout=StringIO())
    assert not ReaderComment.objects.filter(comment__contains="Words").exists()


def test_words_that_stay_after_an_erasure_give_the_address_in_no_spelling(post):
    shown = (*SPELT, quote(READER), quote(SPELT[1]), "JÜRGEN@Bücher.example", "jürgen＠bücher.example")
    send(visitor(), post.url, email=SPELT[2], comment=f"Write to {' or '.join(shown)}, please.")
    call_command("privacy", "erase", READER, "--keep-text", "--noinput", stdout=StringIO())
    words = ReaderComment.objects.get().comment
    assert words == "Write to " + " or ".join(["[address removed]"] * len(shown)) + ", please."


@pytest.mark.parametrize(
    "address", ["аda@example.org", "ju\u200brgen@example.org", "ｊohn@example.org", "💤@x.org"]
)
def test_an_address_made_to_deceive_is_refused_in_words_at_each_door(post, contact, address):
    assert send(visitor(), post.url, email=address).status_code == 422
    assert write(contact, address).status_code == 422
    body = {"name": "Ann", "email": address, "comment": "Words", "message": "Words"}
    for url in (f"/api/v1/posts/{post.pk}/comments/", f"/api/v1/contact/{contact.pk}/"):
        assert visitor().post(url, body, content_type="application/json").status_code == 422


def test_the_api_takes_such_an_address_too(post, contact):
    body = {"name": "Ann", "email": "用户@例子.example", "comment": "Words", "message": "Words"}
    for url in (f"/api/v1/posts/{post.pk}/comments/", f"/api/v1/contact/{contact.pk}/"):
        answer = visitor().post(url, body, content_type="application/json")
        assert answer.status_code == 202
        assert "用户" not in answer.content.decode()

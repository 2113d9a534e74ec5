"""A message's whole life: the form, the mail server, the desk."""

import re
from email.utils import parseaddr

import pytest
from django.core.management import call_command

from cms.outbox.models import Delivery, State
from home.contact.models import ContactMessage
from tests.conftest import signed_in, visitor

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ben Ode", "email": "ben@example.org", "message": "Do you open\non Saturdays?"}


def deliver() -> None:
    call_command("deliver", once=True)


def test_a_message_is_kept_and_the_visitor_is_thanked(client, contact):
    response = client.post(contact.url, WORDS)

    assert (response.status_code, response["Location"]) == (303, f"{contact.url}thanks/")
    assert "We have your message" in client.get(response["Location"]).content.decode()
    message = ContactMessage.objects.get()
    assert (message.name, message.reply_address) == ("Ben Ode", "ben@example.org")
    assert message.fields == [["Message", "Do you open\non Saturdays?"]]


def test_the_mail_reaches_staff_and_an_answer_goes_to_the_visitor(client, contact, smtp):
    client.post(contact.url, {**WORDS, "telephone": "01632 960123"})
    deliver()

    (mail,) = smtp.mails
    assert smtp.recipients == ["reception@clinic.example"]
    assert parseaddr(mail["Reply-To"])[1] == "ben@example.org"
    assert parseaddr(mail["From"])[1] == "website@clinic.example"
    text, html = (part.get_content() for part in mail.iter_parts())
    for words in ("Ben Ode", "01632 960123", "on Saturdays?", "/admin/messages/"):
        assert words in text
        assert words in html
    assert Delivery.objects.get().state == State.SENT


def test_each_recipient_gets_a_mail_of_their_own(client, contact, smtp):
    contact.recipients = "anna@clinic.example, otto@clinic.example"
    contact.save_revision().publish()

    client.post(contact.url, WORDS)
    deliver()

    assert sorted(smtp.recipients) == ["anna@clinic.example", "otto@clinic.example"]
    assert [len(mail["To"].addresses) for mail in smtp.mails] == [1, 1]


def test_with_the_mail_server_away_the_visitor_is_thanked_and_the_mail_goes_out_later(
    client, contact, smtp, settings
):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1  # nothing listens there
    assert client.post(contact.url, WORDS).status_code == 303
    deliver()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.WAITING, 1)

    settings.EMAIL_PORT = port
    Delivery.objects.update(due_at=delivery.created_at)
    deliver()

    assert smtp.recipients == ["reception@clinic.example"]


def test_a_refusal_for_now_is_tried_again_under_the_same_message_id(client, contact, smtp):
    smtp.answers = ["451 come back later"]
    client.post(contact.url, WORDS)
    deliver()
    first = Delivery.objects.get()
    assert (first.state, first.last_answer) == (State.WAITING, "SMTPDataError 451")

    Delivery.objects.update(due_at=first.created_at)
    deliver()

    assert smtp.mails[0]["Message-ID"] == f"<{first.message_id}@localhost>"


def test_a_refusal_for_good_is_shown_as_failed(client, contact, smtp, front_desk):
    smtp.answers = ["554 no"]
    client.post(contact.url, WORDS)
    deliver()

    assert Delivery.objects.get().state == State.FAILED
    message = ContactMessage.objects.get()
    assert "Failed" in signed_in(front_desk).get(f"/admin/messages/{message.pk}/").content.decode()


def test_the_outbox_holds_no_address_and_no_text(client, contact):
    client.post(contact.url, WORDS)

    row = str(Delivery.objects.values().get())
    for secret in ("ben", "reception", "clinic.example", "Saturdays"):
        assert secret not in row


def test_no_line_of_a_visitor_becomes_a_header(client, contact, smtp):
    client.post(contact.url, {**WORDS, "name": "Ben\r\nBcc: victim@example.org"})
    deliver()

    (mail,) = smtp.mails
    assert mail["Bcc"] is None
    assert smtp.recipients == ["reception@clinic.example"]
    assert "Ben" not in mail["Subject"]


def test_five_identical_messages_are_one(client, contact):
    answers = [visitor().post(contact.url, WORDS)["Location"] for _ in range(5)]

    assert len(set(answers)) == 1
    assert ContactMessage.objects.count() == Delivery.objects.count() == 1


def test_a_filled_honeypot_is_kept_as_spam_and_mails_nobody(client, contact):
    assert client.post(contact.url, {**WORDS, "honeypot": "x"}).status_code == 303

    message = ContactMessage.objects.get()
    assert (message.state, message.reasons) == ("spam", ["honeypot"])
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter your name"),
        ("name", "n" * 101, "Your name must be 100 characters or less"),
        ("email", "", "Enter your email address"),
        ("email", "no address", "Enter an email address in the correct format, like name@example.com"),
        ("email", "ben@example.org\0", "Enter an email address in the correct format"),
        ("telephone", "1" * 41, "Your telephone number must be 40 characters or less"),
        ("message", "", "Enter your message"),
        ("message", "x" * 5001, "Your message must be 5,000 characters or less"),
        ("message", "a\0b", "Remove the characters that cannot be shown."),
    ],
)
def test_bad_input_is_named_and_the_words_are_kept(client, contact, field, value, message):
    response = client.post(contact.url, {**WORDS, field: value})

    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert "<title>Error: " in html
    assert re.search(r'(?s)(role="alert").*There is a problem', html)
    if field != "message":
        assert "Saturdays?" in html
    assert not ContactMessage.objects.exists()


def test_a_post_from_another_site_is_refused(contact):
    assert visitor(origin="https://evil.example").post(contact.url, WORDS).status_code == 403
    assert not ContactMessage.objects.exists()


def test_deleting_the_page_deletes_no_message(client, contact, front_desk):
    client.post(contact.url, WORDS)
    contact.delete()

    message = ContactMessage.objects.get()
    assert message.page_title == "Contact"
    assert signed_in(front_desk).get(f"/admin/messages/{message.pk}/").status_code == 200


def test_staff_read_it_and_mark_it_handled(client, contact, front_desk):
    client.post(contact.url, WORDS)
    message = ContactMessage.objects.get()
    staff = signed_in(front_desk)

    assert "Ben Ode" in staff.get("/admin/messages/").content.decode()
    page = staff.get(f"/admin/messages/{message.pk}/").content.decode()
    assert "ben@example.org" in page
    assert "on Saturdays?" in page

    assert staff.post(f"/admin/messages/{message.pk}/", {"do": "handle"}).status_code == 303
    message.refresh_from_db()
    assert message.handled_by == front_desk
    assert "Ben Ode" not in staff.get("/admin/messages/").content.decode()
    assert "Ben Ode" in staff.get("/admin/messages/?tab=handled").content.decode()

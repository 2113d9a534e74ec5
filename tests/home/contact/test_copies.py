"""A visitor's copy: one question to the address, not a byte of an attacker's in it, and a button."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from cms.outbox.models import Delivery, Suppression
from home.contact import actions, copies, retention
from home.contact.models import ContactMessage, CopyToken, MessageCopy
from home.contact.site_settings import MessageSettings
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.home.contact.test_desk import sent
from tests.smtp_peer import text_of

pytestmark = pytest.mark.django_db
VICTIM = "kq7victim3x@canary-eleven.example"
MARK = "zt4attacker9w"
WORDS = {"name": f"Ben {MARK}", "email": VICTIM, "message": f"Buy {MARK} now", "send_copy": "on"}


def deliver() -> None:
    call_command("deliver", once=True)


def mails_to(smtp, address: str = VICTIM) -> list:
    return [mail for mail in smtp.mails if mail["To"] == address]


def link_in(mail) -> str:
    return re.search(r"http://localhost:8000(/mail/copy/\S+)", text_of(mail)).group(1)


def press(link: str, do: str = "confirm", *messages: object):
    chosen = messages or [message.pk for message in ContactMessage.objects.all()]
    return visitor().post(link, {"do": do, "message": chosen})


@pytest.fixture
def link(client, contact, smtp) -> str:
    """Behind the button of a question that was asked."""
    client.post(contact.url, WORDS)
    deliver()
    return link_in(mails_to(smtp)[0])


def test_a_copy_goes_out_after_the_button_and_not_before(link, smtp):
    page = visitor().get(link).content.decode()
    assert "Send the copy to this address?" in page
    deliver()
    assert len(mails_to(smtp)) == 1

    answer = press(link)
    assert (answer.status_code, answer["Location"]) == (303, link)
    deliver()

    assert f"Buy {MARK} now" in text_of(mails_to(smtp)[1])
    assert press(link).status_code == 303
    deliver()
    assert len(mails_to(smtp)) == 2
    assert "There is nothing left to confirm" in visitor().get(link).content.decode()


def test_the_question_holds_not_a_byte_of_the_message(link, smtp):
    (mail,) = mails_to(smtp)
    assert MARK.encode() not in mail.as_bytes()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] is None


def test_the_page_behind_the_link_shows_no_address_and_no_word(link):
    answer = visitor().get(link)

    assert MARK not in answer.content.decode()
    assert crawl.leaks(answer.content, [VICTIM]) == []
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_reading_the_link_changes_nothing(link):
    before = crawl.contents()
    for method in ("GET", "HEAD", "OPTIONS"):
        assert visitor().generic(method, link).status_code == 200

    assert crawl.contents() == before


@pytest.mark.parametrize("sent", [{}, {"do": "burn"}])
def test_a_post_of_no_button_does_nothing(link, sent):
    assert visitor().post(link, sent).status_code == 422
    assert MessageCopy.objects.get().confirmed_at is None


@pytest.mark.parametrize("chosen", ["", "\0", "-1", "9" * 400, "\u0661", "999999"])
def test_a_message_that_is_none_of_these_is_not_sent(link, chosen):
    assert press(link, "confirm", chosen).status_code == 303
    assert MessageCopy.objects.get().confirmed_at is None


def test_a_thousand_messages_with_one_address_are_one_question(contact, smtp):
    for number in range(40):
        sent(contact, address=VICTIM, text=f"{MARK} {number}", wants_copy=True)
        if number % 10 == 9:
            deliver()

    assert len(mails_to(smtp)) == 1
    assert MARK.encode() not in mails_to(smtp)[0].as_bytes()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver()
    assert len(mails_to(smtp)) == 1
    assert Delivery.objects.filter(event="contact.confirm", state="suppressed").count() == 39


def test_while_one_question_waits_for_the_mail_server_no_other_is_asked(contact, smtp):
    smtp.answers = ["451 come back later"]
    for number in range(3):
        sent(contact, address=VICTIM, text=f"{MARK} {number}", wants_copy=True)
    Delivery.objects.filter(event="contact.message").delete()
    deliver()
    assert mails_to(smtp) == []

    Delivery.objects.update(due_at=timezone.now())
    deliver()

    assert len(mails_to(smtp)) == 1


def test_one_question_a_day_and_three_a_week(contact, smtp):
    for day in range(7):
        with time_machine.travel(timezone.now() + timedelta(days=day, minutes=day)):
            sent(contact, address=VICTIM, text=f"{MARK} {day}", wants_copy=True)
            deliver()

    assert len(mails_to(smtp)) == 3


def test_the_owner_chooses_which_of_the_messages_are_theirs(contact, smtp):
    first = sent(contact, address=VICTIM, text="The attacker's", wants_copy=True)
    own = sent(contact, address=VICTIM, text="The owner's", wants_copy=True)
    deliver()
    link = link_in(mails_to(smtp)[0])
    assert visitor().get(link).content.decode().count('name="message"') == 2

    press(link, "confirm", own.pk)
    deliver()

    assert [text_of(mail).count("The owner's") for mail in mails_to(smtp)[1:]] == [1]
    assert MessageCopy.objects.get(message=first).confirmed_at is None


def test_what_is_typed_after_the_question_is_not_in_it(contact, smtp):
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        sent(contact, address=VICTIM, wants_copy=True)
        deliver()
    later = sent(contact, address=VICTIM, text=MARK, wants_copy=True)
    link = link_in(mails_to(smtp)[0])

    press(link, "confirm", later.pk)

    assert MessageCopy.objects.get(message=later).confirmed_at is None


def test_who_wants_no_mail_gets_none(link, contact, smtp):
    assert press(link, "never").status_code == 303
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        sent(contact, address=VICTIM.upper(), text="Again", wants_copy=True)
        deliver()

    assert len(mails_to(smtp)) + len(mails_to(smtp, VICTIM.upper())) == 1
    assert Suppression.objects.count() == 2, "of the address and of its mailbox"


@pytest.mark.parametrize("token", ["x", "a" * 500])
def test_an_invented_link_opens_nothing(link, token):
    for answer in (visitor().get(f"/mail/copy/{token}/"), press(f"/mail/copy/{token}/")):
        assert answer.status_code == 404
        assert "does not work any more" in answer.content.decode()


def test_a_link_works_for_seven_days(link):
    made = timezone.now()
    with time_machine.travel(made + timedelta(days=7, minutes=-1)):
        assert visitor().get(link).status_code == 200
    with time_machine.travel(made + timedelta(days=7, minutes=1)):
        assert visitor().get(link).status_code == press(link).status_code == 404


def test_tokens_are_kept_as_digests(link):
    secret = link.split("/")[-2]
    assert secret.encode() not in crawl.database_bytes()


def test_nobody_asks_about_spam_or_without_a_wish(client, contact, smtp):
    client.post(contact.url, {**WORDS, "honeypot": "x"})
    client.post(contact.url, {**WORDS, "send_copy": "", "message": "Other"})
    deliver()

    assert ContactMessage.objects.count() == 2
    assert not Delivery.objects.filter(event=copies.CONFIRM).exists()
    assert mails_to(smtp) == []


def test_who_was_taken_for_spam_by_mistake_is_asked_later(client, contact, smtp, admin):
    client.post(contact.url, {**WORDS, "honeypot": "x"})
    message = ContactMessage.objects.get()
    assert actions.mark_as_not_spam(message, by=admin)
    deliver()
    press(link_in(mails_to(smtp)[0]))
    deliver()
    assert MARK in text_of(mails_to(smtp)[1])

    assert actions.mark_as_spam(message, by=admin)
    assert actions.mark_as_not_spam(message, by=admin)
    deliver()
    assert len(mails_to(smtp)) == 2


def test_what_staff_call_spam_is_neither_asked_about_nor_copied(contact, smtp, admin):
    actions.mark_as_spam(sent(contact, address=VICTIM, wants_copy=True), by=admin)
    deliver()

    assert smtp.mails == []


def test_the_visitor_is_asked_to_check_their_inbox(client, contact):
    answer = client.post(contact.url, WORDS)

    assert answer["Location"].endswith("thanks/?copy=1")
    assert "check your inbox" in client.get(answer["Location"]).content.decode()
    assert "check your inbox" not in client.get(f"{contact.url}thanks/").content.decode()


def test_a_site_may_offer_no_copy(client, contact):
    MessageSettings.objects.create(site=contact.get_site(), offer_copy=False)

    client.post(contact.url, WORDS)

    assert "Email me a copy" not in client.get(contact.url).content.decode()
    assert not MessageCopy.objects.exists()


def test_staff_see_what_became_of_the_copy(link, front_desk):
    page = signed_in(front_desk).get(f"/admin/messages/{ContactMessage.objects.get().pk}/").content.decode()

    assert "To the visitor: Sent" in page


def test_wishes_and_links_are_not_kept_for_ever(link):
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        retention.purge()

    assert not MessageCopy.objects.exists()
    assert not CopyToken.objects.exists()
    assert ContactMessage.objects.exists()

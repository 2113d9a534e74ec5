"""What Django and Wagtail send themselves goes through the outbox too."""

import json
from datetime import UTC, timedelta
from io import StringIO

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from cms.outbox import postman, site_mail
from cms.outbox.models import Delivery, SiteMail, State
from home.privacy import rotation
from tests import crawl
from tests.factories import PostFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "kq7waiting3x@canary-seven.example"
OTHER = "zt4other9w@canary-eight.example"


def send(*to: str, **more: object) -> int:
    return EmailMessage("Marmalade", "The lighthouse is on.", to=list(to), **more).send()


def test_a_mail_is_stored_at_once_and_goes_out_later(smtp):
    assert send(ADDRESS) == 1
    assert smtp.mails == []

    postman.deliver_due()
    (mail,) = smtp.mails
    row = Delivery.objects.get()
    assert (mail["Subject"], mail["To"], mail["From"]) == ("Marmalade", ADDRESS, "website@clinic.example")
    assert mail.get_content().strip() == "The lighthouse is on."
    assert mail["Message-ID"] == f"<{row.message_id}@localhost>"
    assert row.state == State.SENT


def test_nothing_of_it_can_be_read_in_the_database_and_nothing_is_left_after_delivery(smtp):
    send(ADDRESS)
    stolen = crawl.database_bytes()
    assert crawl.leaks(stolen, [ADDRESS]) == []
    assert b"lighthouse" not in stolen
    assert b"Marmalade" not in stolen

    postman.deliver_due()
    assert not SiteMail.objects.exists()


def test_each_recipient_gets_a_mail_of_their_own_that_names_no_one_else(smtp):
    smtp.at["RCPT", OTHER] = ["550 nobody here"]
    send(ADDRESS, f"Ada <{OTHER}>", cc=["cc@example.org"], bcc=["bcc@example.org", ADDRESS])
    postman.deliver_due()

    assert sorted(smtp.recipients) == sorted([ADDRESS, "cc@example.org", "bcc@example.org"])
    for mail, recipient in zip(smtp.mails, smtp.recipients, strict=True):
        assert mail["To"] == recipient
        assert mail["Cc"] is None
        assert crawl.leaks(mail.as_bytes(), {ADDRESS, OTHER} - {recipient}) == []
    assert Delivery.objects.get(state=State.FAILED).failure == "recipient"


def test_every_part_of_it_arrives(smtp):
    mail = EmailMultiAlternatives("Subject", "Grüße", to=[ADDRESS], reply_to=["answer@example.org"])
    mail.extra_headers["X-Kind"] = "test"
    mail.attach_alternative("<p>Grüße</p>", "text/html")
    mail.attach("a.bin", b"\x00\xff", "application/octet-stream")
    mail.attach("b.txt", "naïve", "text/plain")
    mail.send()
    postman.deliver_due()

    (mail,) = smtp.mails
    assert (mail["Reply-To"], mail["X-Kind"]) == ("answer@example.org", "test")
    assert mail.get_body(("plain",)).get_content().strip() == "Grüße"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Grüße</p>"
    attached = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert attached == {"a.bin": b"\x00\xff", "b.txt": "naïve".encode()}


def test_its_date_is_when_it_was_written(smtp):
    send(ADDRESS)
    written = timezone.now()
    with time_machine.travel(written + timedelta(days=1)):
        postman.deliver_due()

    said = smtp.mails[0]["Date"].datetime.replace(tzinfo=UTC)
    assert abs(said - written) < timedelta(seconds=5)


def test_a_header_of_two_lines_is_refused_when_it_is_sent():
    with pytest.raises(ValueError, match="newlines"):
        send_mail("A\nBcc: x@example.org", "Body", None, [ADDRESS])
    assert not SiteMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send(ADDRESS)
        _ = 1 / 0

    assert not SiteMail.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_mail_and_row_are_kept_together():
    send(ADDRESS)

    assert SiteMail.objects.count() == Delivery.objects.count() == 1


def test_what_was_given_up_is_forgotten_too():
    send(ADDRESS)
    call_command("outbox", "give-up", str(Delivery.objects.get().pk), stdout=StringIO())

    assert Delivery.objects.get().state == State.SUPPRESSED
    assert not SiteMail.objects.exists()


def test_what_nobody_saw_to_for_a_month_is_forgotten():
    send(ADDRESS)
    SiteMail.objects.update(created_at=timezone.now() - site_mail.KEPT)
    send(OTHER)

    assert site_mail.forget_old() == 1
    assert SiteMail.objects.get().address == OTHER
    assert Delivery.objects.count() == 1


# --- A person's rights, and keys ---


def test_an_export_holds_what_waits_for_the_person():
    send(ADDRESS)
    send(OTHER)
    out = StringIO()
    call_command("privacy", "export", ADDRESS.upper(), stdout=out)

    (mail,) = json.loads(out.getvalue())["mails_waiting"]
    assert (mail["to"], mail["subject"], mail["text"]) == (ADDRESS, "Marmalade", "The lighthouse is on.")
    assert crawl.leaks(out.getvalue().encode(), [OTHER]) == []


def test_an_erasure_drops_what_waits_for_the_person_and_nothing_else(smtp):
    send(ADDRESS)
    send(OTHER)
    out = StringIO()
    call_command("privacy", "erase", ADDRESS, "--noinput", stdout=out)
    postman.deliver_due()

    assert "mails waiting 1" in out.getvalue()
    assert smtp.recipients == [OTHER]
    assert Delivery.objects.count() == 1


def test_a_mail_that_waits_is_read_with_the_new_key_alone_after_a_rotation(settings, smtp):
    send(ADDRESS)
    old, new = settings.ADDRESS_KEYS[0], Fernet.generate_key().decode()
    settings.ADDRESS_KEYS = [new, old]
    tallies, _ = rotation.rotate()
    assert tallies["outbox.SiteMail"].rotated == 1

    settings.ADDRESS_KEYS = [new]
    postman.deliver_due()
    assert smtp.recipients == [ADDRESS]


# --- Wagtail ---


def test_a_page_sent_to_review_tells_the_reviewers_by_the_outbox(blog, smtp, editor):
    post = PostFactory(parent=blog, draft=True)
    UserFactory(username="reviewer", group="Page approvers", email=ADDRESS)
    post.save_revision(user=editor)

    post.get_workflow().start(post, editor)

    assert crawl.leaks(crawl.database_bytes().replace(ADDRESS.encode(), b"", 1), [ADDRESS]) == []
    assert smtp.mails == []
    postman.deliver_due()
    assert smtp.recipients == [ADDRESS]
    assert post.title in smtp.mails[0]["Subject"]
    assert not SiteMail.objects.exists()

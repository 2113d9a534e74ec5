"""Where staff work: finding, deciding, noting, answering, and who may do which of it."""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from cms import vault
from cms.outbox import actions as outbox
from cms.outbox.models import Delivery, State
from home.contact import actions, replies
from home.contact.models import ContactMessage, MessageNote, MessageRecipient
from home.contact.sent import SentMessage
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
INBOX = "/admin/messages/"
ADDRESS = "kq7visitor3x@canary-eight.example"
START = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)


def sent(page, name: str = "Ben Ode", address: str = ADDRESS, text: str = "Do you open?", **more):
    fields = (("Message", text),)
    return actions.submit(page, SentMessage(name=name, address=address, fields=fields, **more))


def press(staff, message: ContactMessage, do: str, **more: object) -> int:
    return staff.post(f"{INBOX}{message.pk}/", {"do": do, **more}).status_code


def state_of(message: ContactMessage) -> str:
    return ContactMessage.objects.get(pk=message.pk).state


# --- Finding ---


def test_each_tab_holds_its_messages_and_says_how_many(staff, contact, front_desk):
    for name in ("Ann", "Ben", "Cora"):
        sent(contact, name=name)
    sent(contact, name="Robot", honeypot_filled=True)
    actions.mark_handled(ContactMessage.objects.get(name="Cora"), by=front_desk)

    shown = {tab: staff.get(f"{INBOX}?tab={tab}").content.decode() for tab in ("new", "handled", "spam")}

    for tab, names in {"new": ("Ann", "Ben"), "handled": ("Cora",), "spam": ("Robot",)}.items():
        for name in ("Ann", "Ben", "Cora", "Robot"):
            assert (f"<bdi>{name}</bdi>" in shown[tab]) == (name in names), (tab, name)
    for label, number in (("New", 2), ("Handled", 1), ("Spam", 1)):
        assert f'{label} <span class="staff-number">{number}</span>' in shown["new"]


@pytest.mark.parametrize("words", ["zebrafinch", "ÉCLAIR", "Zebra", ADDRESS, ADDRESS.upper(), f" {ADDRESS} "])
def test_words_are_found_by_a_part_and_an_address_by_the_whole(staff, contact, words):
    sent(contact, name="Quillon Zebrafinch", text="One éclair, please")
    sent(contact, name="Ann", address="ann@example.org")

    page = staff.post(INBOX, {"q": words}).content.decode()

    assert "Quillon" in page
    assert "<bdi>Ann</bdi>" not in page


@pytest.mark.parametrize("words", ["canary-eight", "kq7visitor3x", "nobody@example.org", "%", "_"])
def test_a_part_of_an_address_finds_nothing(staff, message, words):
    assert "Ben Ode" not in staff.post(INBOX, {"q": words}).content.decode()


def test_what_is_searched_for_is_in_no_url(staff, contact):
    for number in range(55):
        sent(contact, text=f"Words {number}")

    page = staff.post(INBOX, {"q": ADDRESS})

    assert 'method="get"' not in page.content.decode().partition('role="search"')[2].partition("</form>")[0]
    assert f"q={ADDRESS}" not in unquote(page.content.decode())
    older = staff.post(INBOX, {"q": ADDRESS, "after": page.context["next_after"]}).content.decode()
    assert older.count("<bdi>") == 5
    assert "Ben Ode" in staff.get(f"{INBOX}?q=nothing").content.decode(), "and none is read from one"


def test_filters_narrow_what_is_shown(staff, contact, shop, front_desk):
    mine = sent(contact, name="Mine", subject="Invoices")
    sent(shop, name="Theirs", subject="Visits")
    actions.assign(mine, front_desk, by=front_desk)

    for query in (f"page={contact.pk}", "subject=Invoices", "assigned=me"):
        page = staff.get(f"{INBOX}?{query}").content.decode()
        assert "<bdi>Mine</bdi>" in page, query
        assert "<bdi>Theirs</bdi>" not in page, query
    assert "<bdi>Theirs</bdi>" in staff.get(f"{INBOX}?assigned=nobody").content.decode()


@pytest.mark.parametrize("name", ["tab", "page", "subject", "assigned", "after", "q"])
@pytest.mark.parametrize("value", ["-1", "\0", str(2**63), "9" * 500, "\u0661", "abc", "1.5", "x" * 5000])
def test_the_inbox_forgives_what_it_is_asked_for(staff, message, name, value):
    assert staff.get(INBOX, {name: value}).status_code == 200
    assert staff.post(INBOX, {name: value}).status_code == 200


def plant(page, number: int, state: str = "new") -> None:
    """Write many messages at once, past the front door."""
    seal, index = vault.seal(ADDRESS), vault.index(ADDRESS)
    ContactMessage.objects.bulk_create(
        ContactMessage(
            page_id=page.pk,
            page_title="Contact",
            name=f"Planted {each}",
            sealed_address=seal,
            address_index=index,
            fields=[["Message", f"Thought {each}"]],
            words=f"planted {each}\nthought {each}",
            state=state,
        )
        for each in range(number)
    )


def test_the_inbox_costs_the_same_with_fifty_messages_or_three_thousand(staff, contact):
    def cost(**asked: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.post(INBOX, asked).status_code == 200
        return len(queries)

    cost()  # what is read once and remembered
    plant(contact, 50)
    small = cost(), cost(q="planted 7"), cost(q=ADDRESS)
    plant(contact, 3000)

    assert (cost(), cost(q="planted 7"), cost(q=ADDRESS)) == small
    assert max(small) <= 15


# --- Deciding ---


def test_a_message_is_handled_reopened_spam_and_no_spam(staff, message, front_desk):
    for do, state in (
        ("handle", "handled"),
        ("reopen", "new"),
        ("spam", "spam"),
        ("not-spam", "new"),
        ("handle", "handled"),
        ("spam", "spam"),
    ):
        assert press(staff, message, do) == 303
        assert state_of(message) == state
    history = staff.get(f"{INBOX}{message.pk}/").content.decode()
    assert history.count("Marked as spam by frontdesk") == 2


def test_the_one_who_is_second_gets_a_warning(staff, message, front_desk):
    press(staff, message, "handle")

    page = staff.post(f"{INBOX}{message.pk}/", {"do": "handle"}, follow=True).content.decode()

    assert "Someone else changed this message first" in page


def test_spam_is_not_mailed_and_no_spam_is(staff, contact, smtp):
    message = sent(contact, honeypot_filled=True)
    call_command("deliver", once=True)
    assert smtp.mails == []

    press(staff, message, "not-spam")
    call_command("deliver", once=True)

    assert smtp.recipients == ["reception@clinic.example"]


def test_mail_about_what_became_spam_stays_here(staff, message, smtp):
    press(staff, message, "spam")
    call_command("deliver", once=True)

    assert smtp.mails == []
    assert Delivery.objects.get().state == State.SUPPRESSED


def test_a_message_that_was_mailed_is_not_mailed_again_when_that_was_purged(contact, smtp, front_desk):
    with time_machine.travel(START, tick=False) as clock:
        message = sent(contact)
        call_command("deliver", once=True)
        clock.shift(outbox.KEPT + timedelta(seconds=1))
        outbox.forget_finished()
        staff = signed_in(front_desk)
        assert [press(staff, message, do) for do in ("spam", "not-spam")] == [303, 303]
        call_command("deliver", once=True)

    assert smtp.recipients == ["reception@clinic.example"]
    assert Delivery.objects.get().mailbox == ""


def test_a_message_is_assigned_to_who_may_read_it(staff, message, front_desk, editor, shop_desk, admin):
    page = staff.get(f"{INBOX}{message.pk}/").content.decode()
    assert f'<option value="{front_desk.pk}">' in page
    assert f'<option value="{admin.pk}">' in page
    for other in (editor, shop_desk):
        assert f'<option value="{other.pk}">' not in page
        assert press(staff, message, "assign", to=other.pk) == 422

    assert press(staff, message, "assign", to=front_desk.pk) == 303
    assert ContactMessage.objects.get().assigned_to == front_desk
    assert press(staff, message, "assign", to="") == 303
    assert ContactMessage.objects.get().assigned_to is None


@pytest.mark.parametrize(
    ("note", "status"), [("Rang twice.\nNo answer.", 303), (" ", 422), ("a\0b", 422), ("x" * 1001, 422)]
)
def test_notes_are_for_staff_alone(staff, message, note, status):
    assert press(staff, message, "note", note=note) == status
    if status == 303:
        assert "Rang twice.<br>No answer." in staff.get(f"{INBOX}{message.pk}/").content.decode()
    assert MessageNote.objects.count() == (status == 303)


@pytest.mark.parametrize("do", ["", "burn", "handle\0"])
def test_an_unknown_button_does_nothing(staff, message, do):
    assert press(staff, message, do) == 400
    assert state_of(message) == "new"


def test_a_failed_mail_is_sent_again(staff, message, smtp):
    smtp.answers = ["554 no"]
    call_command("deliver", once=True)
    row = Delivery.objects.get()
    page = staff.get(f"{INBOX}{message.pk}/").content.decode()
    assert "To reception@clinic.example: Failed" in page
    assert "Send again" in page

    assert press(staff, message, "send-again", delivery=row.pk) == 303
    call_command("deliver", once=True)

    assert parseaddr(smtp.mails[0]["Reply-To"])[1] == ADDRESS
    assert "Send again" not in staff.get(f"{INBOX}{message.pk}/").content.decode()


def test_only_mail_about_this_message_is_sent_again(staff, contact, message, smtp):
    smtp.answers = ["554 no", "554 no"]
    other = sent(contact, text="Another matter")
    call_command("deliver", once=True)

    press(staff, message, "send-again", delivery=Delivery.objects.get(subject_id=other.pk).pk)

    assert Delivery.objects.filter(state=State.FAILED).count() == 2


def test_deleting_asks_first_and_takes_everything_along(staff, message, front_desk):
    actions.note(message, "Rang twice.", by=front_desk)

    asked = staff.post(f"{INBOX}{message.pk}/", {"do": "delete"})
    assert "Delete this message permanently?" in asked.content.decode()
    assert ContactMessage.objects.exists()

    assert press(staff, message, "delete for good") == 303
    for model in (ContactMessage, MessageNote, MessageRecipient, Delivery):
        assert not model.objects.exists(), model
    assert ModelLogEntry.objects.get(action="contact.delete").label == f"message {message.pk}"


# --- Answering ---


def body_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["body"][0]


def test_an_answer_opens_with_subject_and_quote(staff, contact):
    message = sent(contact, text="Do you open\non Saturdays?", subject="Visits & more")

    link = replies.mailto(message)

    assert urlsplit(link).path == ADDRESS
    assert parse_qs(urlsplit(link).query)["subject"][0].endswith(f": Visits & more ({message.pk})")
    assert body_of(link).endswith("Ben Ode wrote:\r\n> Do you open\r\n> on Saturdays?")
    assert link.replace("&", "&amp;") in staff.get(f"{INBOX}{message.pk}/").content.decode()


@pytest.mark.parametrize("text", ["word " * 900, "x" * 5000, "ש" * 3000, "line\n" * 800])
def test_the_quote_is_cut_where_mail_programs_would(contact, text):
    link = replies.mailto(sent(contact, text=text))

    assert len(link) <= replies.LONGEST
    assert body_of(link).endswith("\r\n> […]")


def test_no_visitor_adds_a_recipient_to_an_answer(contact):
    message = sent(contact, name="Ben&bcc=x@y.example", text="a&cc=x@y.example\n?to=x@y.example#")

    assert set(parse_qs(urlsplit(replies.mailto(message)).query)) == {"subject", "body"}

"""An address in a message, wherever it was typed: who reads it, who is told, what an erasure leaves."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.models import ModelLogEntry

from home.contact import actions
from home.contact.forms import ContactForm
from home.contact.models import ContactMessage
from home.models import ContactPage
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.factories import ContactPageFactory

pytestmark = pytest.mark.django_db
ADDRESS = "kq7writer3x@canary-twelve.example"
TYPED = "zt4intext9w@canary-thirteen.example"
NOTED = "xw8innote2j@canary-fourteen.example"


@pytest.fixture
def written(client, home, front_desk, smtp) -> ContactMessage:
    """A message with an address in every field that takes one, a note with another, a copy confirmed."""
    made = ContactPageFactory(
        parent=home, questions=[("line", {"question": "Who else?", "must_answer": True})]
    )
    page = ContactPage.objects.get(pk=made.pk)
    (question,) = ContactForm(page).asked
    words = {
        "name": "Ben",
        "email": ADDRESS,
        "message": f"Write to {TYPED}",
        question: TYPED,
        "send_copy": "on",
    }
    assert client.post(page.url, words).status_code == 303
    message = ContactMessage.objects.get()
    actions.note(message, f"Rang, says {NOTED}", by=front_desk)
    actions.mark_handled(message, by=front_desk)
    call_command("deliver", once=True)
    return message


def privacy(*arguments: str) -> str:
    out = StringIO()
    call_command("privacy", *arguments, stdout=out)
    return out.getvalue()


def test_none_of_them_is_read_by_anybody_but_who_may_read_messages(written, editor, moderator, caplog):
    roles = {"anonymous": visitor(), "editor": signed_in(editor), "moderator": signed_in(moderator)}
    urls = [
        url
        for url in crawl.every_url()
        if url.startswith(("/contact", "/api/v1/contact", "/admin/messages", "/mail", "/search"))
    ]

    for answer in crawl.walk(roles, urls):
        assert crawl.leaks(answer.bytes, [ADDRESS, TYPED, NOTED]) == [], (answer.role, answer.url)
    assert crawl.leaks(caplog.text.encode(), [ADDRESS, TYPED, NOTED]) == []


def test_the_address_itself_is_in_no_row(written):
    assert crawl.leaks(crawl.database_bytes(), [ADDRESS]) == []


def test_the_person_is_told_all_of_it(written):
    (told,) = json.loads(privacy("export", ADDRESS))["messages"]

    assert [field["value"] for field in told["fields"]] == [TYPED, f"Write to {TYPED}"]
    assert (told["notes"][0]["text"], told["notes"][0]["by"]) == (f"Rang, says {NOTED}", "a member of staff")
    assert told["copy"]["asked"]
    assert len(told["mails_to_staff"]) == len(told["mails_to_you"]) == 1
    assert "frontdesk" not in json.dumps(told)


def test_an_erasure_leaves_none_of_it(written):
    told = privacy("erase", ADDRESS, "--noinput")

    assert "messages 1" in told
    assert "notes 1" in told
    assert crawl.leaks(crawl.database_bytes(), [ADDRESS, TYPED, NOTED]) == []
    assert set(
        ModelLogEntry.objects.filter(action__startswith="contact.").values_list("label", flat=True)
    ) == {"erased"}

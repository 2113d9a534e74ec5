"""An address in a message, wherever it was typed: who reads it, who gets mail, what an erasure leaves."""

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
    (question,) = ContactForm(page).question_blocks
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


def test_only_those_who_may_read_messages_read_any_of_them(written, editor, moderator, caplog):
    roles = {"anonymous": visitor(), "editor": signed_in(editor), "moderator": signed_in(moderator)}
    urls = [
        url
        for url in crawl.every_url()
        if url.startswith(("/contact", "/api/v1/contact", "/admin/messages", "/mail", "/search"))
    ]

    assert len(urls) >= 10
    for answer in crawl.walk(roles, urls):
        assert crawl.leaks(answer.bytes, [ADDRESS, TYPED, NOTED]) == [], (answer.role, answer.url)
    assert crawl.leaks(caplog.text.encode(), [ADDRESS, TYPED, NOTED]) == []


def test_the_address_itself_is_in_no_row(written):
    assert crawl.leaks(crawl.database_bytes(), [ADDRESS]) == []


def test_the_person_gets_all_of_it(written):
    (exported,) = json.loads(privacy("export", ADDRESS))["messages"]

    assert [field["value"] for field in exported["fields"]] == [TYPED, f"Write to {TYPED}"]
    assert (exported["notes"][0]["text"], exported["notes"][0]["by"]) == (
        f"Rang, says {NOTED}",
        "a member of staff",
    )
    assert exported["copy"]["asked"]
    assert len(exported["mails_to_staff"]) == len(exported["mails_to_you"]) == 1
    assert "frontdesk" not in json.dumps(exported)


def test_an_erasure_leaves_none_of_it(written):
    output = privacy("erase", ADDRESS, "--noinput")

    assert "messages 1" in output
    assert "notes 1" in output
    assert crawl.leaks(crawl.database_bytes(), [ADDRESS, TYPED, NOTED]) == []
    assert set(
        ModelLogEntry.objects.filter(action__startswith="contact.").values_list("label", flat=True)
    ) == {"erased"}

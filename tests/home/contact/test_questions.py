"""What an editor adds to the form, and to which desk a message goes: on the page and by the API."""

import json
import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from openapi_spec_validator import validate
from wagtail.models import Revision

from home.contact.forms import ContactForm
from home.contact.models import ContactMessage
from home.models import ContactPage
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.factories import ContactPageFactory

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ben Ode", "email": "ben@example.org", "message": "Do you open on Saturdays?"}
UNSEEN = "\u202e\u200b\u200f\u2066\ufeff\u00ad"
STAFF = ["desk@clinic.example", "anna@clinic.example", "otto@clinic.example"]


@pytest.fixture
def asking(home):
    return _as_stored(ContactPageFactory(parent=home, asking=True))


@pytest.fixture
def offices(home):
    return _as_stored(ContactPageFactory(parent=home, with_subjects=True))


def _as_stored(page: ContactPage) -> ContactPage:
    """Its questions get their ids when it is saved."""
    return ContactPage.objects.get(pk=page.pk)


def key_of(page, question: str) -> str:
    form = ContactForm(page)
    return next(key for key, child in form.question_blocks.items() if child.value["question"] == question)


def answers(page) -> dict[str, object]:
    """A good answer to each question, as a form sends it."""
    good = {
        "Where do you live?": "Thornby Wick",
        "What have you tried?": "Tea.\r\nRest.",
        "How many come?": "3",
        "When would suit you?": "2026-12-03",
        "How shall we answer?": "By telephone",
        "What do you need?": ["A ramp", "Quiet"],
        "I have read the notice": "on",
    }
    return {**WORDS, **{key_of(page, question): answer for question, answer in good.items()}}


def as_json(page) -> dict[str, object]:
    sent = answers(page)
    return {**sent, key_of(page, "How many come?"): 3, key_of(page, "I have read the notice"): True}


def send(page, body: object, **headers: str):
    url = f"/api/v1/contact/{page.pk}/"
    return visitor().post(url, json.dumps(body), content_type="application/json", headers=headers)


def deliver() -> None:
    call_command("deliver", once=True)


# --- Questions ---


def test_answers_are_kept_in_order_under_the_words_of_their_questions(client, asking):
    assert client.post(asking.url, {**answers(asking), "telephone": "01632 960123"}).status_code == 303

    assert ContactMessage.objects.get().fields == [
        ["Telephone", "01632 960123"],
        ["Where do you live?", "Thornby Wick"],
        ["What have you tried?", "Tea.\nRest."],
        ["How many come?", "3"],
        ["When would suit you?", "3 December 2026"],
        ["How shall we answer?", "By telephone"],
        ["What do you need?", "A ramp, Quiet"],
        ["I have read the notice", "Yes"],
        ["Message", "Do you open on Saturdays?"],
    ]


def test_the_api_takes_the_same_answers_and_keeps_the_same(client, asking):
    answer = send(asking, as_json(asking))
    assert answer.status_code == 202, answer.content
    assert client.post(asking.url, answers(asking)).status_code == 303

    assert ContactMessage.objects.count() == 1


def test_a_question_that_changes_or_goes_changes_no_message(client, asking):
    client.post(asking.url, answers(asking))
    before = ContactMessage.objects.get().fields

    asking.questions[0].value["question"] = "In which town?"
    del asking.questions[1]
    asking.save_revision().publish()

    assert ContactMessage.objects.get().fields == before


def test_a_reworded_question_keeps_the_name_of_its_field(client, asking):
    """A kept page still sends it."""
    key = key_of(asking, "Where do you live?")
    asking.questions[0].value["question"] = "In which town?"
    asking.save_revision().publish()

    assert key_of(asking, "In which town?") == key


def test_the_form_shows_each_question_with_its_label_and_hint(client, asking):
    page = client.get(asking.url).content.decode()

    for label in ("Where do you live?", "How many come? (optional)", "By telephone", "A lift"):
        assert label in page
    assert "The town." in page
    assert page.index("Where do you live?") < page.index("I have read the notice") < page.index("Message")
    assert len(re.findall("<fieldset", page)) == len(re.findall("<legend", page)) == 2


@pytest.mark.parametrize(
    ("question", "bad", "said"),
    [
        ("Where do you live?", "", "Answer “Where do you live?”"),
        ("Where do you live?", UNSEEN, "Answer “Where do you live?”"),
        ("Where do you live?", "a\0b", "Remove the characters that cannot be shown."),
        ("Where do you live?", "x" * 201, "“Where do you live?” must be 200 characters or less"),
        ("What have you tried?", "x" * 2001, "“What have you tried?” must be 2,000 characters or less"),
        ("How many come?", "some", "must be a whole number from 1 to 12"),
        ("How many come?", "13", "must be a whole number from 1 to 12"),
        ("How many come?", "1.5", "must be a whole number from 1 to 12"),
        ("How many come?", "9" * 5000, "must be a whole number from 1 to 12"),
        ("How many come?", "1\0", "must be a whole number from 1 to 12"),
        ("When would suit you?", "2026-02-30", "must be a real date"),
        ("When would suit you?", "soon\0", "must be a real date"),
        ("How shall we answer?", "By pigeon", "Choose an answer to “How shall we answer?”"),
        ("What do you need?", ["A ramp", "Gold"], "Choose an answer to “What do you need?”"),
        ("I have read the notice", "", "Tick “I have read the notice” to go on"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_bad_answer_is_named_and_the_others_are_kept(client, asking, question, bad, said):
    answer = client.post(asking.url, {**answers(asking), key_of(asking, question): bad})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert page.count(said) == 2, "in the summary and at the field"
    assert "<title>Error: " in page
    assert "Do you open on Saturdays?" in page
    if question != "Where do you live?":
        assert 'value="Thornby Wick"' in page
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize(
    ("kind", "more", "bad"),
    [
        ("line", {}, "x" * 201),
        ("line", {}, "x" * 2001),
        ("text", {}, "x" * 2001),
        ("number", {"least": 1, "most": 12}, "13"),
        ("one_of", {"options": ["Yes", "No"]}, "Perhaps"),
        ("some_of", {"options": ["Yes", "No"]}, ["Perhaps"]),
    ],
)
def test_a_question_with_a_percent_sign_is_quoted_as_it_is(client, home, kind, more, bad):
    asked = "Did you get 50% off?"
    page = _as_stored(ContactPageFactory(parent=home, questions=[(kind, {"question": asked, **more})]))

    answer = client.post(page.url, {**WORDS, key_of(page, asked): bad})

    assert answer.status_code == 422
    assert unescape(answer.content.decode()).count(f"“{asked}”") == 2, "in the summary and at the field"


def test_every_line_of_the_error_summary_leads_to_a_field_that_is_there(client, asking):
    page = client.post(asking.url, {"name": ""}).content.decode()

    links = re.findall(r'<li><a href="#([^"]*)">', page)
    assert len(links) == 5
    for place in links:
        assert page.count(f'id="{place}"') == 1, place


@pytest.mark.parametrize(
    "bad",
    ["a\0b", "\ud800", "x" * 6000, 7, 1.5, True, [], {}, ["a"], [7], 10**400, float("nan")],
    ids=lambda value: repr(value)[:20],
)
def test_the_api_names_the_answer_it_cannot_take(asking, bad):
    good = {"How many come?": {7: True}, "I have read the notice": {True: True}, "What do you need?": {}}
    asked = [child.value["question"] for child in asking.questions]
    assert len(asked) > 4
    for question in asked:
        key = key_of(asking, question)
        answer = send(asking, {**as_json(asking), key: bad})
        takes = bad in good.get(question, ()) if not isinstance(bad, (list, dict)) else False
        if takes or (bad == [] and question == "What do you need?"):
            assert answer.status_code == 202
            continue
        assert answer.status_code in {400, 422}, (question, answer.content)
        if answer.status_code == 422:
            assert {error["field"] for error in answer.json()["errors"]} == {key}


def test_the_api_defines_every_field_and_its_document_stays_valid(client, asking):
    fields = {field["label"]: field for field in client.get("/api/v1/contact/contact/").json()["fields"]}

    assert fields["Where do you live?"] | {"name": ""} == {
        "name": "",
        "label": "Where do you live?",
        "help": "The town.",
        "required": True,
        "type": "string",
        "format": "line",
        "max_length": 200,
        "minimum": None,
        "maximum": None,
        "choices": [],
    }
    number = fields["How many come? (optional)"]
    assert (number["type"], number["minimum"], number["maximum"]) == ("integer", 1, 12)
    assert fields["When would suit you? (optional)"]["format"] == "date"
    assert fields["What have you tried? (optional)"]["format"] == "text"
    some_of = fields["What do you need? (optional)"]
    assert (some_of["type"], [choice["value"] for choice in some_of["choices"]]) == (
        "array",
        ["A ramp", "A lift", "Quiet"],
    )
    assert fields["I have read the notice"]["type"] == "boolean"
    validate(client.get("/api/v1/openapi.json").json())


def test_an_editor_may_leave_the_telephone_out(client, home):
    page = ContactPageFactory(parent=home, ask_telephone=False)

    assert 'name="telephone"' not in client.get(page.url).content.decode()
    client.post(page.url, {**WORDS, "telephone": "1"})
    assert [label for label, _ in ContactMessage.objects.get().fields] == ["Message"]


# --- Subjects with recipients of their own ---


def subject(page, name: str) -> str:
    return next(key for key, asked in ContactForm(page).subjects.items() if asked["name"] == name)


def test_a_message_goes_to_the_desk_of_its_subject(client, offices, smtp):
    client.post(offices.url, {**WORDS, "subject": subject(offices, "Invoices")})
    deliver()

    assert sorted(smtp.recipients) == ["anna@clinic.example", "otto@clinic.example"]
    assert ContactMessage.objects.get().subject == "Invoices"
    assert "Invoices" in smtp.mails[0]["Subject"]
    assert "Ben" not in smtp.mails[0]["Subject"]


@pytest.mark.parametrize(
    ("own", "goes_to"), [("page@clinic.example", "page@clinic.example"), ("", "reception@clinic.example")]
)
def test_one_without_a_desk_goes_to_the_pages_and_then_to_the_sites_recipients(
    client, offices, smtp, own, goes_to
):
    offices.recipients = own
    offices.save_revision().publish()

    assert send(offices, {**WORDS, "subject": subject(offices, "Something else")}).status_code == 202
    deliver()

    assert smtp.recipients == [goes_to]


@pytest.mark.parametrize(
    "sent", [{}, {"subject": ""}, {"subject": "Invoices\0"}, {"subject": "subject_none"}]
)
def test_a_subject_must_be_one_of_those_there_are(client, offices, sent):
    answer = client.post(offices.url, {**WORDS, **sent})

    assert answer.status_code == 422
    assert "Choose what your message is about" in answer.content.decode()
    assert send(offices, {**WORDS, **sent}).status_code == 422
    assert not ContactMessage.objects.exists()


def test_a_renamed_subject_still_takes_what_a_kept_page_sends(client, offices):
    key = subject(offices, "Invoices")
    offices.subjects[1].value["name"] = "Bills"
    offices.save_revision().publish()

    assert client.post(offices.url, {**WORDS, "subject": key}).status_code == 303
    assert ContactMessage.objects.get().subject == "Bills"


def test_the_addresses_of_a_desk_are_shown_to_no_one(client, offices, editor):
    offices.recipients = "page@clinic.example"
    offices.save_revision().publish()
    client.post(offices.url, {**WORDS, "subject": subject(offices, "Invoices")})
    doors = ("/contact", "/api/v1/contact", "/search", "/sitemap", "/mail")
    places = [url for url in crawl.every_url() if url.startswith(doors)]

    for answer in crawl.walk({"anonymous": visitor()}, places):
        for address in [*STAFF, "page@clinic.example"]:
            assert address.encode() not in answer.bytes, answer.url
    preview = offices.make_preview_request(preview_mode="").content.decode()
    assert "What is it about?" in preview
    assert not [address for address in [*STAFF, "page@clinic.example"] if address in preview]


def test_recipients_that_are_no_addresses_are_refused(offices):
    for listed in ("anna", "anna@clinic.example; otto@clinic.example", "a@b.example\nBcc: c@d.example"):
        offices.recipients = listed
        with pytest.raises(ValidationError, match="List email addresses"):
            offices.full_clean()
    offices.recipients = ",".join(f"a{number}@b.example" for number in range(11))
    with pytest.raises(ValidationError, match="at most 10 addresses"):
        offices.full_clean()


def test_an_editor_adds_orders_and_names_what_is_asked(editor, contact):
    staff = signed_in(editor)
    form = {
        "title": "Contact",
        "slug": "contact",
        "thanks_heading": "We have your message",
        "ask_telephone": "on",
        "body-count": "0",
        **_stream("subjects", ("subject", {"name": "Invoices", "recipients": "no address"})),
        **_stream(
            "questions",
            ("tick", {"question": "Second", "hint": ""}),
            ("line", {"question": "First", "hint": "", "must_answer": "on"}),
        ),
        "questions-0-order": "1",
        "questions-1-order": "0",
        "action-publish": "1",
    }

    refused = staff.post(f"/admin/pages/{contact.pk}/edit/", form).content.decode()
    assert "List email addresses like name@example.com" in unescape(refused)
    good = {**form, "subjects-0-value-recipients": "anna@clinic.example"}
    assert staff.post(f"/admin/pages/{contact.pk}/edit/", good).status_code == 302

    page = visitor().get(contact.url).content.decode()
    assert page.index("First") < page.index("Second (optional)" if "Second (optional)" in page else "Second")
    assert Revision.objects.for_instance(contact).count() == 1


def _stream(name: str, *made: tuple[str, dict[str, str]]) -> dict[str, str]:
    """The editor's form of a stream."""
    sent = {f"{name}-count": str(len(made))}
    for place, (kind, values) in enumerate(made):
        start = f"{name}-{place}"
        sent |= {
            f"{start}-deleted": "",
            f"{start}-order": str(place),
            f"{start}-type": kind,
            f"{start}-id": "",
        }
        sent |= {f"{start}-value-{key}": value for key, value in values.items()}
    return sent


# --- Two pages ---


def test_two_contact_pages_ask_and_keep_each_their_own(client, home, asking, smtp):
    shop = ContactPageFactory(parent=home, title="Shop", slug="shop", recipients="shop@clinic.example")

    assert client.post(shop.url, WORDS)["Location"] == f"{shop.url}thanks/"
    client.post(asking.url, answers(asking))
    send(shop, WORDS)
    deliver()

    assert [(row.page_title, len(row.fields)) for row in ContactMessage.objects.order_by("pk")] == [
        ("Shop", 1),
        ("Contact", 8),
    ]
    assert sorted(smtp.recipients) == ["reception@clinic.example", "shop@clinic.example"]


def test_a_page_that_is_taken_away_takes_no_message(client, asking):
    form = answers(asking)
    asking.unpublish()

    assert client.post(asking.url, form).status_code == 404
    assert send(asking, as_json(asking)).status_code == 404
    assert not ContactMessage.objects.exists()

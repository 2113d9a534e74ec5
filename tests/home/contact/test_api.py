import json

import pytest
from django.core.management import call_command

from home.contact.models import ContactMessage

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ben", "email": "ben@example.org", "message": "Hello"}


def send(client, url: str, body: object = WORDS, **headers: str):
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def test_the_fields_of_a_form_are_listed(client, contact):
    answer = client.get("/api/v1/contact/contact/").json()

    assert [field["name"] for field in answer["fields"]] == [
        "name",
        "email",
        "telephone",
        "message",
        "send_copy",
    ]
    assert [field["required"] for field in answer["fields"]] == [True, True, False, True, False]


def test_a_message_is_stored_and_goes_to_staff(client, contact, smtp):
    response = send(client, f"/api/v1/contact/{contact.pk}/")
    call_command("deliver", once=True)

    assert (response.status_code, response.json()) == (202, {"status": "accepted"})
    assert ContactMessage.objects.get().name == "Ben"
    assert smtp.recipients == ["reception@clinic.example"]


def test_bad_input_names_every_field(client, contact):
    response = send(client, "/api/v1/contact/contact/", {**WORDS, "name": "", "email": "x"})

    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} == {"name", "email"}


def test_an_unknown_page_and_another_site_are_refused(client, contact):
    assert send(client, "/api/v1/contact/nowhere/").status_code == 404
    assert send(client, "/api/v1/contact/contact/", Origin="https://evil.example").status_code == 403
    assert not ContactMessage.objects.exists()

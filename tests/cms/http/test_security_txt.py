"""/.well-known/security.txt, as RFC 9116 has it."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = [pytest.mark.once, pytest.mark.django_db]

PATH = "/.well-known/security.txt"


def fields(answer) -> list[tuple[str, str]]:
    return [tuple(line.split(": ", 1)) for line in answer.content.decode().splitlines()]


def test_without_a_contact_there_is_none(client):
    assert client.get(PATH).status_code == 404


def test_it_names_what_the_owner_has_said(client, settings):
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example", "https://clinic.example/report"]
    settings.SECURITY_POLICY = "https://clinic.example/security"
    settings.SECURITY_KEY = "https://clinic.example/key.asc"
    settings.SITE_URL, settings.HTTPS = "https://clinic.example", True
    answer = client.get(PATH)

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert [field for field in fields(answer) if field[0] != "Expires"] == [
        ("Contact", "mailto:security@clinic.example"),
        ("Contact", "https://clinic.example/report"),
        ("Policy", "https://clinic.example/security"),
        ("Encryption", "https://clinic.example/key.asc"),
        ("Canonical", "https://clinic.example/.well-known/security.txt"),
        ("Canonical", "https://localhost/.well-known/security.txt"),  # the host that was asked
        ("Preferred-Languages", "en"),
    ]


def test_it_ends_within_a_year_of_the_last_start_whenever_it_is_read(client, settings, time_machine):
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example"]
    settings.STARTED = datetime(2026, 11, 20, 10, tzinfo=UTC)
    ends = []
    for day in ("2026-11-20", "2027-10-01"):
        time_machine.move_to(f"{day} 10:00:00+00:00")
        ends += [value for name, value in fields(client.get(PATH)) if name == "Expires"]

    assert ends[0] == ends[1]
    assert timedelta() < datetime.fromisoformat(ends[0]) - settings.STARTED < timedelta(days=365)

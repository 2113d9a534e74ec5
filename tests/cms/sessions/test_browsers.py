"""Words about a browser: enough to know it again, and too few to follow it."""

import pytest

from cms.sessions.browsers import words
from cms.sessions.models import Session
from tests.conftest import signed_in

CHROME = "(KHTML, like Gecko) Chrome/142.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/142.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("Firefox/1", "Firefox"),
        ("curl/8.5.0", "Another program"),
        ("<script>", "Another program"),
        ("", "Another program"),
        ("x" * 100_000 + "Firefox/145.0", "Another program"),
    ],
)
def test_a_browser_in_a_few_words(user_agent, said):
    assert words(user_agent) == said


@pytest.mark.django_db
def test_a_session_says_by_which_browser_without_its_version_or_network(editor):
    signed_in(editor)

    assert Session.objects.get().browser == "Another program"

"""V7: how many mails come of a thousand posts that name somebody else's address."""

import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings
from wagtail.models import Page

from cms.outbox.models import Delivery
from tests.bench.door import Door, comment, sent_by, text_of
from tests.bench.pages import AGAINST
from tests.bench.table import Table
from tests.own_site import WebServer
from tests.smtp_peer import words_of

POSTS = 1_000
VICTIM = "victim@example.org"
FIRST_NUMBER = 20_000_000  # apart from what other measurements send
QUIET_WITHIN = 300.0  # seconds


def measure(server: WebServer, posts: dict[int, Page], table: Table) -> None:
    door, url = Door(server.port), posts[AGAINST].get_url()
    hidden = door.hidden_fields(url)
    for number in range(FIRST_NUMBER, FIRST_NUMBER + POSTS):
        assert door.post(url, comment(hidden, number, address=VICTIM, notify=True), sent_by(number)) == 303
    _wait_for_quiet()
    mails = _mails_to_victim()
    table.at_most(f"V7 mails to an address that {POSTS:,} posts name", len(mails), 1, "mails")
    said = text_of(0).partition(",")[0]
    clean = not any(said in words_of(mail) for mail in mails)
    table.holds("V7 words of a poster in them", "none" if clean else "some", "none", met=clean)


def _wait_for_quiet() -> None:
    """Until the worker has looked at every row that is due."""
    deadline = time.monotonic() + QUIET_WITHIN
    while Delivery.objects.due().exists():
        assert time.monotonic() < deadline, "rows are due that nobody takes"
        time.sleep(0.2)


def _mails_to_victim() -> list[EmailMessage]:
    return [mail for mail in _mails() if VICTIM in mail["To"]]


def _mails() -> list[EmailMessage]:
    """Read the files that mails become where no server is named."""
    found = []
    for path in settings.EMAIL_FILE_PATH.glob("*.log"):
        parts = path.read_bytes().split(b"-" * 79 + b"\n")
        found += [message_from_bytes(part, policy=policy.default) for part in parts if part.strip()]
    return found

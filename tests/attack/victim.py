"""The site that is attacked: what is on it, who works for it, what must never be seen."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import count
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.models import Group, Permission
from django.core.mail import send_mail
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from blog.comments.models import ReaderComment, Refusal, SavedReply
from cms.outbox.models import Delivery
from home.contact.models import ContactMessage
from home.contact.site_settings import MessageSettings
from home.models import ContactPage
from tests import crawl
from tests.attack.browser import Answer, Browser
from tests.factories import (
    PASSWORD,
    AuthorFactory,
    BlogFactory,
    CategoryFactory,
    CommentFactory,
    ContactPageFactory,
    PostFactory,
    StandardPageFactory,
    UserFactory,
)
from tests.own_site import WebServer
from tests.smtp_peer import SmtpPeer

READERS = {
    "held": "kq7heldv3x@canary-one.example",
    "approved": "zt4approved9w@canary-two.example",
    "spam": "xw8spamq2j@canary-three.example",
    "trashed": "jv5trashk6z@canary-four.example",
}
SENDER = "qz9senderw4k@canary-five.example"
COLLEAGUE = "hn3mailb7y@canary-six.example"
HIDDEN_WORDS = "quincunxial"  # in everything nobody may read
DELIVERED_WITHIN = 20.0  # seconds
SECTION_PASSWORD = "a password of a section"
GROUPS = {
    "editor": "Editors",
    "moderator": "Comment moderators",
    "officer": "Comment privacy officers",
    "front desk": "Front desk",
}
NOT_READ = ("/admin/logout/", "/admin/failwhale/")  # the second is Wagtail's own, and a 500 on purpose
ROLES = ("nobody", "reader", "plain", *GROUPS, "admin")


class Read(NamedTuple):
    role: str
    url: str
    answer: Answer


@dataclass
class Victim:
    server: WebServer
    peer: SmtpPeer
    folder: Path
    post: Page
    contact: Page
    private: Page
    draft: Page
    section: Page
    comments: dict[str, ReaderComment]
    addresses: Iterator[str] = field(default_factory=lambda: (f"10.{n >> 8}.{n & 255}.7" for n in count(1)))
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.port

    def stranger(self, address: str = "", **headers: str) -> Browser:
        """Somebody the site has never seen, at a new address."""
        return Browser(self.port, address or next(self.addresses), **headers)

    def as_(self, role: str) -> Browser:
        """Return a browser that is logged in, by the front door; each role logs in once."""
        browser = self.stranger()
        if role == "nobody":
            return browser
        if role not in self.sessions:
            self.sessions[role] = dict(self.anew(role).cookies)
        browser.cookies = dict(self.sessions[role])
        return browser

    def forget_ended_sessions(self) -> None:
        """Let no attack stand on a log-in that another one has ended."""
        for role in list(self.sessions):
            if self.as_(role).get(self.private.url).status != 200:
                del self.sessions[role]

    def anew(self, role: str) -> Browser:
        """Return a browser with a session of its own, which an attack may change or end."""
        browser = self.stranger()
        answer = browser.log_in(role, PASSWORD)
        assert answer.status == 302, (role, answer.status)
        return browser

    def desk(self) -> tuple[str, str]:
        """Make a contact page whose messages go to a mailbox of its own. Return its URL, and that."""
        name = f"desk-{ContactPage.objects.count()}"
        mailbox = f"{name}@clinic.example"
        return ContactPageFactory(slug=name, recipients=mailbox).url, mailbox

    def program_of(self, name: str) -> Browser:
        """Return a program that acts for somebody, by a token as ``manage.py`` makes it."""
        made = StringIO()
        call_command("api_tokens", "create", user=name, name="a control", stdout=made)
        return self.stranger(Authorization=f"Bearer {made.getvalue().strip()}")

    def crawled(self) -> list[Read]:
        """Return what each role got from each address of the site; it is walked once."""
        if not self.reads:
            urls = [url for url in crawl.every_url() if not url.startswith(NOT_READ)]
            for role in ROLES:
                browser = self.as_(role)
                self.reads += [Read(role, url, browser.get(url)) for url in urls]
        return self.reads

    def until_delivered(self) -> None:
        """Wait until the worker has no mail left that could go now. Raises TimeoutError after 20 seconds."""
        until = time.monotonic() + DELIVERED_WITHIN
        while Delivery.objects.waiting().filter(due_at__lte=timezone.now()).exists():
            if time.monotonic() > until:
                raise TimeoutError("mail that could go has not gone")
            time.sleep(0.2)

    def log(self) -> str:
        return self.server.log.read_text(errors="replace")


def furnish(server: WebServer, peer: SmtpPeer, folder: Path) -> Victim:
    """Fill an empty database, and say where everything is."""
    employ()
    blog = BlogFactory()
    post = PostFactory(parent=blog, title="A quiet hour", slug="a-quiet-hour", with_picture=True)
    contact = ContactPageFactory()
    hidden = {"parent": blog, "standfirst": HIDDEN_WORDS}
    private = PostFactory(slug="for-members", title=f"For members {HIDDEN_WORDS}", **hidden)
    draft = PostFactory(slug="not-yet", title=f"Not yet {HIDDEN_WORDS}", draft=True, **hidden)
    section = StandardPageFactory(slug="section", title=f"Section {HIDDEN_WORDS}")
    CommentFactory(page=private, text=HIDDEN_WORDS, approved=True)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    PageViewRestriction.objects.create(
        page=section, restriction_type=PageViewRestriction.PASSWORD, password=SECTION_PASSWORD
    )
    _lock_documents()
    MessageSettings.objects.create(site=Site.objects.get(), take_files=True)
    AuthorFactory()
    CategoryFactory()
    SavedReply.objects.create(title="Thanks", text="Thank you.")
    Refusal.objects.create(title="Off topic")
    comments = {state: _comment(post, state, address) for state, address in READERS.items()}
    send_mail("A page waits", "Please review it.", None, [COLLEAGUE])
    return Victim(server, peer, folder, post, contact, private, draft, section, comments)


def employ() -> None:
    UserFactory(username="reader")
    plain = UserFactory(username="plain")
    plain.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for name, group in GROUPS.items():
        UserFactory(username=name, group=Group.objects.get(name=group).name)
    UserFactory(username="admin", admin=True)


def _lock_documents() -> None:
    locked = Collection.get_first_root_node().add_child(name="Locked")
    CollectionViewRestriction.objects.create(
        collection=locked, restriction_type=CollectionViewRestriction.LOGIN
    )


def _comment(post: Page, state: str, address: str) -> ReaderComment:
    words = "Thank you for this." if state == "approved" else HIDDEN_WORDS
    return CommentFactory(
        page=post, address=address, text=f"{words} {state}", **({} if state == "held" else {state: True})
    )


def write_to_staff(victim: Victim) -> ContactMessage:
    """Leave a message with an address that only the front desk may read."""
    victim.stranger().message(victim.contact.url, email=SENDER, message=HIDDEN_WORDS, send_copy="on")
    return ContactMessage.objects.latest("pk")

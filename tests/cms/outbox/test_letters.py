"""Every mail as a server takes it: two parts, the same words, nothing fetched, no foreign HTML."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from blog.comments.models import ModeratorNotice, ReaderComment
from blog.comments.notifications import notices
from cms.brand import memory
from cms.brand.models import SiteIdentity
from cms.outbox import actions as outbox
from cms.outbox import events, trial
from cms.outbox.models import Delivery
from cms.second_factor import letters as factor_letters
from cms.webhooks import letters as webhook_letters
from cms.webhooks.models import Call, Disabled
from home.contact import copies
from home.contact.models import MessageCopy
from tests.cms.invitations.conftest import invite
from tests.cms.webhooks.conftest import endpoint_at
from tests.conftest import signed_in, visitor, with_token
from tests.factories import CommentFactory
from tests.smtp_peer import html_of, text_of
from tests.test_translation import cause_mails_about_comments

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
HOSTILE = """<img src=https://evil.example/x.png onerror=alert(1)> "quoted" </p></td> {{ site }}"""
ANYONES = f"{HOSTILE}\nhttps://evil.example/\n{SITE}/admin/logout/\n\n--\n> not ours"
MOST_BYTES = 20_000
EVENTS = frozenset(events.of(["mail"]))  # before tests register theirs
CALLED_BY_SITE = EmailMessage("Marmalade", f"The lighthouse is on.\n\n{SITE}/blog/", to=["ada@example.org"])

VOID = frozenset({"br", "meta"})
TAGS = VOID | {
    *("html", "head", "title", "style", "body", "table", "tr", "td", "div"),
    *("p", "a", "bdi", "strong", "ul", "li", "blockquote"),
}
ATTRIBUTES = frozenset(
    [
        *("lang", "dir", "charset", "name", "content", "class", "style", "role", "aria-hidden", "href"),
        *("width", "align", "cellspacing", "cellpadding", "border"),
    ]
)
CLOSES_P = frozenset({"p", "table", "ul", "blockquote"})


class Read(HTMLParser):
    """Reads HTML strictly: every element is closed where it was opened, and is one that a mail may have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        assert not (tag in CLOSES_P and "p" in self.open), f"{tag} in a paragraph"
        given = dict(attrs)
        assert len(given) == len(attrs), attrs
        assert given.keys() <= ATTRIBUTES, given
        self.elements.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if "body" in self.open:
            self.words += re.findall(r"\w+", text)

    def values(self, name: str) -> list[str]:
        return [given[name] or "" for _, given in self.elements if name in given]


@pytest.fixture
def brand(home) -> Iterator[SiteIdentity]:
    identity = SiteIdentity.for_site_id(home.get_site().pk)
    identity.name, identity.tagline = f"Quiet {HOSTILE}"[:80], HOSTILE[:160]
    identity.address = f"Mill Lane 7\n{HOSTILE}"
    identity.save()
    yield identity
    memory.forget()


@pytest.fixture
def mails(brand, post, contact, moderator, admin, smtp) -> dict[str, EmailMessage]:
    """Every kind of mail, by its event: what people typed is hostile in each place that takes it."""
    post.title = HOSTILE
    post.save_revision().publish()
    cause_mails(post, contact, moderator, admin)
    call_command("deliver", once=True)
    by_id = {f"<{row.message_id}@localhost>": row.event for row in Delivery.objects.all()}
    return {by_id[mail["Message-ID"]]: mail for mail in smtp.mails}


def cause_mails(post, contact, moderator, admin) -> None:
    for event in factor_letters.HAPPENED:
        factor_letters.tell(admin, event)
    with_token(admin)
    Client(headers={"host": "localhost"}).post("/admin/password_reset/", {"email": admin.email})
    CommentFactory(page=post, text=ANYONES, name="Ben")
    cause_mails_about_comments(post, moderator)
    CommentFactory(
        page=post, text=ANYONES, approved=True, reply_to_id=ReaderComment.objects.public().earliest("pk").pk
    )
    ModeratorNotice.objects.create(user=admin, frequency="hourly")
    outbox.queue(notices.DIGEST, int(timezone.now().timestamp()), f"user:{admin.pk}")
    for address in ("cleo@example.org", "dana@example.org"):
        words = {"name": HOSTILE[:100], "email": address, "message": ANYONES, "send_copy": "on"}
        assert visitor().post(contact.url, words).status_code == 303
    about = MessageCopy.objects.latest("pk")
    about.confirmed_at = timezone.now()
    about.save()
    outbox.queue(copies.COPY, about.message_id, "copy")
    ended = endpoint_at("https://example.org/", name=HOSTILE[:80], disabled=Disabled.GONE)
    webhook_letters.queue(Call.objects.create(endpoint=ended, event="page.published", body="{}"))
    admin.first_name = HOSTILE
    admin.save()
    assert invite(signed_in(admin)).status_code == 303
    CALLED_BY_SITE.send()
    trial.send("ada@example.org", by=admin)


def test_every_mail_has_two_parts_with_the_same_words_and_fetches_nothing(mails, brand):
    assert set(mails) == EVENTS
    for event, mail in mails.items():
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"], event
        html = html_of(mail)
        read = Read(html)  # no element, no attribute but those of the frame
        assert not Counter(re.findall(r"\w+", text_of(mail))) - Counter(read.words), event
        assert set(re.findall(r"\w+", brand.address)) <= set(read.words), event
        assert all(link == SITE or link.startswith(f"{SITE}/") for link in read.values("href")), event
        assert f"{SITE}/admin/logout/" not in read.values("href"), event
        assert not re.search(r"url\(|@import|<script|<img|<form|cid:", re.sub(r"&lt;img", "", html)), event
        assert read.elements[0] == ("html", {"lang": "en-gb", "dir": "ltr"}), event
        assert set(read.values("role")) == {"presentation"}
        assert len(html.encode()) <= MOST_BYTES, (event, len(html))
        stop = mail["List-Unsubscribe"]
        assert (stop is None) == ("Stop these emails" not in html)
        assert stop is None or stop.strip(" <>") in read.values("href")
        (sender,) = mail["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (brand.name, "website@clinic.example"), event


BUTTONS = {
    "account.invitation": "Open the page",
    "account.password": "Choose a new password",
    "comment.confirm": "Open the page",
    "comment.held": "Open the desk",
    "comment.published": "Read the comment",
    "comment.replied": "Read the reply",
    "comment.reported": "Open the reported ones",
    "contact.confirm": "Open the page",
    "contact.message": "Open the message",
    "desk.digest": "Open the desk",
    "webhook.disabled": "Open the endpoint",
}


def test_the_main_link_is_one_button_and_has_its_address_below(mails):
    found = {}
    for event, mail in mails.items():
        buttons = re.findall(r'<a class="button"\s+href="([^"]+)"[^>]*>([^<]+)</a>', html_of(mail))
        assert len(buttons) <= 1, event
        for url, label in buttons:
            found[event] = label
            assert html_of(mail).count(f">{url}<") == 1
    assert found == BUTTONS


def test_a_quote_of_a_reply_is_a_quote_without_links(mails):
    html = html_of(mails["comment.replied"])

    (quoted,) = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", html, re.DOTALL)
    assert "evil.example" in quoted
    assert "<a" not in quoted


def test_a_site_written_from_right_to_left_sends_such_mails(brand, smtp):
    brand.language = "ar"
    brand.save()
    CALLED_BY_SITE.send()
    call_command("deliver", once=True)

    assert Read(html_of(smtp.mails[0])).elements[0] == ("html", {"lang": "ar", "dir": "rtl"})


NAMES = {
    "Büro, GmbH": "Büro, GmbH",
    'The "Quiet" Water <ceo@bank.example>': 'The "Quiet" Water <ceo@bank.example>',
    "Quiet\nBcc: victim@example.org\r\nX: y": "Quiet Bcc: victim@example.org X: y",
    "=?utf-8?q?=0aBcc=3a_victim=40example.org?=": "= ?utf-8?q?=0aBcc=3a_victim=40example.org?=",
    "عيادة هادئة": "عيادة هادئة",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("to", ["ada@example.org", "üna@example.org"])
def test_the_sender_is_who_the_owner_says_whatever_they_write(brand, smtp, name, to):
    SiteIdentity.objects.update(sender_name=name, sender_address="post@quiet.example")
    memory.forget()
    EmailMessage("Marmalade", "The lighthouse is on.", to=[to]).send()
    call_command("deliver", once=True)

    (mail,) = smtp.mails
    (sender,) = mail["From"].addresses
    shown = sender.display_name.encode(
        "utf-8", "surrogateescape"
    ).decode()  # the parser leaves UTF-8 as bytes
    assert (shown, sender.addr_spec) == (NAMES[name], "post@quiet.example")
    assert mail["Bcc"] is mail["X"] is None
    assert smtp.recipients == [to]


def test_without_a_name_of_the_sender_it_is_that_of_the_site(brand, smtp):
    brand.name = "Quiet Water"
    brand.save()
    CALLED_BY_SITE.send()
    call_command("deliver", once=True)

    assert smtp.mails[0]["From"] == "Quiet Water <website@clinic.example>"


SCREENS = [(320, "light"), (800, "dark")]
ACCENTS = ["#ffe600", "#10131a"]


def shown_to_staff(accent: str, brand: SiteIdentity) -> str:
    """Return the mail about a message once more, with another accent."""
    brand.accent = accent
    brand.save()
    row = Delivery.objects.filter(event="contact.message").latest("pk")
    (html,) = events.render(row.event, row.subject_id, row.recipient).alternatives
    return html[0]


@pytest.mark.once
@pytest.mark.browser
def test_mails_can_be_read_in_light_and_dark_with_any_accent_and_without_their_sheet(mails, brand, chromium):
    """Where a client drops the style element, the light colours stay."""
    asked = []
    shown = [html_of(mails["comment.replied"]), *(shown_to_staff(accent, brand) for accent in ACCENTS)]
    shown += [re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL) for html in shown]
    for width, scheme in SCREENS:
        page = chromium.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        for html in shown:
            page.set_content(html)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
            assert found.violations_count == 0, f"{scheme}\n{found.generate_report()}\n{html}"
        page.close()
    assert asked == []

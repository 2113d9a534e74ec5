"""No word of ours was forgotten: with every message in marks, all that a page says stands in them.

Each area is a room's. What is content, a number, a code of an event or an address is no word of ours.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from wagtail.admin.localization import get_available_admin_languages, get_available_admin_time_zones
from wagtail.blocks import Block, ChoiceBlock, ListBlock
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page, Site
from wagtail_factories import ImageFactory

from blog.comments.models import Decision, ReaderComment, Refusal, SavedReply, Subscription
from blog.comments.moderation import actions
from blog.comments.notifications import notices
from cms import vault
from cms.body.blocks import BodyStream
from cms.brand import memory
from cms.errors import too_many
from cms.http import lost_login
from cms.outbox import events
from cms.outbox.models import Delivery, Failure
from cms.rate_limit import clients
from cms.second_factor import letters
from home.contact import copies, copy_mail, mail, questions
from home.contact.models import ContactMessage, MessageCopy, MessageRecipient
from home.contact.questions import QuestionStream
from home.contact.subjects import SubjectStream
from home.models import PictureCare
from home.pictures import drawing
from tests import crawl, pseudo
from tests.cms.invitations.conftest import invite
from tests.conftest import signed_in, visitor, with_token
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory, StandardPageFactory
from tests.forms import every_post

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ADDRESSES = ("ann@example.org", "ben@example.org", "ünal@example.org")
# Names of things outside, and what a visitor typed into a form.
NO_WORDS = (
    *("PDF", "PNG", "JPEG", "WebP", "CSV", "TSV", "XLSX", "JSON"),
    *("CSV, TSV, XLSX", "a.m. UTC", "p.m. UTC", "UTC", "True", "None", "Actions"),
    "Password",  # Wagtail makes this label of the name of a field
    "Search",  # Wagtail wrote it into the button of its dashboard
    "Snippets",  # Wagtail keeps it in the language of the first who asked
    *get_available_admin_time_zones(),
    *(zone.split("/")[0] for zone in get_available_admin_time_zones()),
    *(get_language_info(code)["name_local"] for code, _ in get_available_admin_languages()),
    *("Firefox", "Linux", "example.org", *ADDRESSES),
    *("nothing", "quiet", "Some words", "Some words. Some words"),
)
NOT_PRESSED = ("/_util/", "/documents/", "/admin/logout/", "/admin/password_reset/", "/admin/login/")
SHARED = ("/admin/", "/admin/account/")
OTHERWISE = ("account.password",)  # Wagtail's words, looked at by Wagtail
OF_PYDANTIC = ("Field required",)  # it speaks English alone
METHODS = ("GET, HEAD, OPTIONS", "GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE", "PUT")
BLOGS = (
    *("/blog/", "/discussed/", "/mail/comments/"),
    *("/admin/comments/", "/admin/snippets/", "/admin/settings/blog_comments/"),
    *("/admin/pages/", "/admin/privacy/"),  # it has words in every editor, and data of every person
)
UNCHECKED = (
    "/admin/sprite/", "/admin/jsi18n/", "/api/", "/sitemap", "/robots", "/.well-known", "/healthz", "/readyz",
    "/media/", "/favicon", "/apple-touch-icon", "/brand/", "/manifest",
    "/admin/groups/edit/",  # Wagtail's; the sentence of ours in it is in the list of groups, too
)  # fmt: skip


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return pseudo.build(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def site(settings, places, client, home, post, contact, moderator, admin) -> Page:
    """Something to show on every page, made before the language changes: content stays as it is."""
    contact.questions = [("line", {"question": "Where do you live?", "must_answer": True})]
    contact.telephone, contact.opening_hours, contact.address = "01632 960123", "Daily", "Mill Lane"
    contact.map_url = "https://maps.example/"
    contact.save_revision().publish()
    StandardPageFactory(parent=home)
    StandardPageFactory(parent=home, slug="discussed", comments_open=True)
    for trait in ("approved", "spam", "trashed"):
        CommentFactory(page=post, **{trait: True})
    CommentFactory(page=post, address=ADDRESSES[0])
    for address in ADDRESSES[1:]:
        sent = {"name": "Ben", "email": address, "message": "Hello", "send_copy": "on"}
        client.post(contact.url, {**sent, **dict.fromkeys(questions.by_key(contact.questions), "Town")})
    AuthorFactory()
    CategoryFactory()
    SavedReply.objects.create(title="Thanks", text="Thank you.")
    Refusal.objects.create(title="Off topic")
    PictureCare.objects.update_or_create(pk=ImageFactory().pk, defaults={"problem": drawing.LOST})
    Delivery.objects.filter(event=mail.RECEIVED).update(
        state="failed", failure=Failure.LETTERS, attempts=2, drops=1
    )
    pseudo.speak(settings, places)
    return post


def is_blogs(url: str) -> bool:
    """Say whether a page is the blog's, or one to which the blog adds something."""
    return url in SHARED or url.startswith(BLOGS)


def html_of(answer) -> str:
    is_html = answer.headers.get("Content-Type", "").startswith("text/")
    return "" if answer.streaming or not is_html else answer.content.decode()


def said_at(client: Client, urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what each page says: read, sent empty, and with each of its buttons pressed, once."""
    pressed = set()
    for url in urls:
        answer = client.get(url)
        is_sent_away = "/admin/login/" in answer.headers.get("Location", "")
        assert not is_sent_away or not url.startswith("/admin/") or url.startswith("/admin/login/"), url
        read = html_of(answer)
        yield url, read
        for where, sent in [(url, {}), *every_post(url, read)] if "<form" in read else ():
            button = (where, sent.get("do"), bool(sent))
            if button not in pressed and where.startswith("/") and not where.startswith(NOT_PRESSED):
                pressed.add(button)
                yield f"{url} sends {sent.get('do', '')} to {where}", answer_to(client, where, sent)


def answer_to(client: Client, where: str, sent: dict[str, str]) -> str:
    """Return what the page says after a button, which is then taken back: a log-out, too."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        answer = client.post(where, sent)
        led_to = answer.headers.get("Location", "")
        said = html_of(client.get(led_to)) if led_to.startswith("/") else html_of(answer)
        transaction.set_rollback(True)
    memory.forget()  # the language of the site may have been among it
    client.cookies.clear()
    client.cookies.load(cookies)
    return said


def found(pages: Iterable[tuple[str, str]], *more: str) -> list[str]:
    content = pseudo.content(*NO_WORDS, *events.names(), *pseudo.named_by_settings(), *more)
    left: dict[str, str] = {}
    looked_at = 0
    for url, html in pages:
        looked_at += 1
        for text in pseudo.forgotten(pseudo.texts_of(html), content):
            left.setdefault(text, url)
    assert looked_at
    return sorted(f"{url}: {text}" for text, url in left.items())


def public_urls(of_blog: bool) -> list[str]:
    urls = [url for url in crawl.every_url() if not url.startswith(("/admin/", *UNCHECKED))]
    if not of_blog:
        secret = copies.new_secret(MessageCopy.objects.earliest("pk"))
        urls += [reverse("contact_mail:copy", args=[secret])]
        urls += ["/no/such/page/", "/search/?q=nothing", "/search/?q=quiet", "/contact/thanks/?copy=1"]
    return [url for url in urls if is_blogs(url) is of_blog]


def admin_urls(of_blog: bool) -> list[str]:
    doors = [door for door in crawl.every_door() if door.pattern.startswith("/admin/")]
    urls = [door.url() for door in doors if door.module.startswith(("blog.", "cms.", "home."))]
    urls += [f"/admin/pages/{page.pk}/edit/" for page in Page.objects.filter(depth__gt=1)]
    urls += [url for door in doors if (url := door.url()).startswith("/admin/snippets/blog")]
    site = Site.objects.get().pk
    urls += [
        f"/admin/settings/brand/siteidentity/{site}/",
        f"/admin/settings/blog_comments/discussion/{site}/",
    ]
    urls += [
        f"/admin/settings/home_contact/messagesettings/{site}/",
        "/admin/settings/second_factor/demand/1/",
    ]
    urls += [
        "/admin/",
        "/admin/account/",
        "/admin/outbox/?state=failed",
    ]
    return [url for url in urls if is_blogs(url) is of_blog and not url.startswith(UNCHECKED)]


ROOMS = [
    pytest.param(False, id="cms and home"),
    pytest.param(True, id="blog, and what it adds to"),
]


@pytest.mark.parametrize("of_blog", ROOMS)
def test_no_word_of_a_public_page_was_forgotten(site, of_blog):
    left = found(said_at(visitor(), public_urls(of_blog)))

    assert not left, "\n".join(left)


# What Django says of a form that came without them
NAMES_OF_FIELDS = (
    "TOTAL_FORMS",
    "INITIAL_FORMS",
    "links-TOTAL_FORMS, links-INITIAL_FORMS",
)
IN_AFRIKAANS = ("Keur goed", "Voorskou")  # Wagtail's, once a form has made that the language of the site


@pytest.mark.parametrize("of_blog", ROOMS)
def test_no_word_of_the_admin_was_forgotten(site, admin, of_blog):
    pages = said_at(signed_in(admin), admin_urls(of_blog))
    left = found(pages, *NAMES_OF_FIELDS, *IN_AFRIKAANS)

    assert not left, "\n".join(left)


REFUSALS = {
    "400.html": {},
    "429.html": {},
    "500.html": {},
    "503.html": {},
    "cms/words_kept.html": {
        "why": lost_login.SIGNED_OUT.happened,
        "sent": [],
        "signed_out": True,
        "files": True,
    },
    "cms/accounts/for_others.html": {},
    "wagtailadmin/shared/keyboard_shortcuts_dialog.html": {},
}


@pytest.mark.parametrize("template", REFUSALS)
def test_no_word_of_a_page_without_an_address_was_forgotten(site, rf, admin, template):
    """What is shown when something is wrong, or opened by a key."""
    request = rf.get("/")
    request.user = admin
    context = {**REFUSALS[template], "user": admin, "wait": too_many.in_words(30)}
    html = render_to_string(template, context, request)

    assert pseudo.forgotten(pseudo.texts_of(html), pseudo.content(*NO_WORDS)) == set()


# --- Mail ---


def report(comment: ReaderComment) -> None:
    actions.report(comment.pk, "abuse", words="", client=clients.Client(vault.keyed_digest("client", "a")))


def cause_mails_about_comments(page: Page, moderator) -> None:
    """Three authors ask for mail: one is published and answered, one refused, one has not confirmed yet."""
    answered, refused = (CommentFactory(page=page, address=each, notify=True) for each in ADDRESSES[1:])
    Subscription.objects.update(confirmed_at=timezone.now())
    CommentFactory(page=page, address=ADDRESSES[0], notify=True)
    actions.approve(answered, by=moderator, version=answered.version)
    actions.trash(refused, by=moderator, version=refused.version)
    Decision.objects.filter(comment=refused).update(at=timezone.now() - timedelta(hours=1))
    report(answered)
    report(CommentFactory(page=page, reply_to_id=answered.pk, approved=True))


def digests_about_comments(moderator) -> Iterator[tuple[str, Any]]:
    for digest, comments in (
        (notices.held_digest, ReaderComment.objects.held()),
        (notices.reported_digest, ReaderComment.objects.reported()),
    ):
        both = digest(list(comments.values_list("pk", flat=True)), f"user:{moderator.pk}")
        assert both
        yield digest.__name__, both[0]


def mails_of(page: Page, admin, moderator, of_blog: bool) -> Iterator[tuple[str, Any]]:
    """Yield every kind of mail that the rows of the outbox ask for, those of the log-in caused here."""
    for event in letters.HAPPENED:
        letters.tell(admin, event)
    with_token(admin)
    invite(signed_in(admin))
    visitor().post(reverse("wagtailadmin_password_reset"), {"email": admin.email})
    MessageCopy.objects.update(confirmed_at=None)
    cause_mails_about_comments(page, moderator)
    for row in Delivery.objects.all():
        if row.event.startswith("comment.") is of_blog:
            yield row.event, events.render(row.event, row.subject_id, row.recipient)
    if of_blog:
        yield from digests_about_comments(moderator)
    else:
        MessageCopy.objects.update(confirmed_at=timezone.now())
        message = ContactMessage.objects.earliest("pk")
        yield copies.COPY, copy_mail.copy_mail(message.pk, "copy")
        to = f"recipient:{MessageRecipient.objects.earliest('pk').pk}"
        both = mail.received_digest(list(ContactMessage.objects.values_list("pk", flat=True)), to)
        assert both
        yield "a digest", both[0]


@pytest.mark.parametrize("of_blog", ROOMS)
def test_no_word_of_a_mail_was_forgotten(site, admin, moderator, of_blog):
    rows = list(mails_of(site, admin, moderator, of_blog))
    content = pseudo.content(*NO_WORDS, *events.names(), *pseudo.named_by_settings(), admin.email)
    left, seen = [], set()
    for event, letter in rows:
        if letter is None:
            continue
        seen.add(event)
        others = (
            [body for body, _ in letter.alternatives] if isinstance(letter, EmailMultiAlternatives) else []
        )
        texts = [letter.subject, letter.body, *(text for body in others for text in pseudo.texts_of(body))]
        left += [f"{event}: {text}" for text in sorted(pseudo.forgotten(texts, content))]

    ours = {"account.", "contact."} if not of_blog else {"comment."}
    assert seen >= {event for event in events.names() if event.startswith(tuple(ours))} - set(OTHERWISE)
    assert not left, "\n".join(left)


# --- Programs ---


CALLS = {
    False: [
        ("POST", "/api/v1/contact/contact/", {}),
        ("POST", "/api/v1/contact/contact/", {"name": "", "email": "x", "message": "y" * 6000}),
        ("POST", "/api/v1/contact/none/", {"name": "Ann", "email": ADDRESSES[0], "message": "Hi"}),
        ("DELETE", "/api/v1/contact/contact/", {}),
        ("GET", "/api/v1/moderation/comments/", {}),
    ],
    True: [
        ("POST", "/api/v1/posts/a-quiet-hour/comments/", {}),
        ("POST", "/api/v1/posts/a-quiet-hour/comments/", {"name": "", "email": "x", "text": ""}),
        ("GET", "/api/v1/posts/a-quiet-hour/comments/?cursor=x", {}),
    ],
}


@pytest.mark.parametrize("of_blog", ROOMS)
def test_no_word_of_a_problem_was_forgotten(site, of_blog):
    left, content = [], pseudo.content(*NO_WORDS, *events.names(), *METHODS, *OF_PYDANTIC)
    for method, url, body in CALLS[of_blog]:
        answer = visitor().generic(method, url, json.dumps(body), content_type="application/json")
        assert answer.headers["Content-Type"] == "application/problem+json", (method, url, answer.content)
        problem = answer.json()
        texts = [problem["title"], problem["detail"], *(error["message"] for error in problem["errors"])]
        left += [f"{url}: {text}" for text in sorted(pseudo.forgotten(texts, content))]
    assert not left, "\n".join(left)


# --- What the editor is told of a block, by scripts ---


def blocks_in(block: Block) -> Iterator[Block]:
    if isinstance(block, ImageBlock):
        return  # what is in it is Wagtail's
    for child in getattr(block, "child_blocks", {}).values():
        yield child
        yield from blocks_in(child)
    if isinstance(block, ListBlock):
        yield from blocks_in(block.child_block)


def test_no_word_of_a_block_was_forgotten(site):
    found = [block for stream in (BodyStream, QuestionStream, SubjectStream) for block in blocks_in(stream())]
    texts = [
        str(text)
        for block in found
        for text in (
            block.label,
            block.meta.group,
            getattr(block.meta, "description", ""),
            _help(block),
            *_choices(block),
        )
        if text
    ]
    assert len(texts) > 100
    assert pseudo.forgotten(texts, frozenset()) == set()


def _help(block: Block) -> str:
    return getattr(getattr(block, "field", None), "help_text", "") or getattr(block.meta, "help_text", "")


def _choices(block: Block) -> list[str]:
    choices = getattr(getattr(block, "field", None), "choices", ())
    return [str(label) for value, label in choices if value and isinstance(block, ChoiceBlock)]


def test_what_was_forgotten_is_found():
    marked = '<p title="Close">⟦Ñéxt⟧ 3 <b>pages</b> of A quiet hour <a href="/x/">⟨Sáve⟩</a></p>'

    assert pseudo.forgotten(pseudo.texts_of(marked), frozenset({"of A quiet hour"})) == {"Close", "pages"}
    assert pseudo.pseudo("Read <b>%(count)s pages</b>") == "⟦Réád⟧ <b>%(count)s ⟦págés⟧</b>"

"""What must hold everywhere, asked of every URL there is."""

import hashlib
import logging

import pytest
from django.core import signing
from django.core.mail import send_mail
from django.core.management import call_command

from blog.comments.models import Token
from blog.comments.posting import views as comment_views
from blog.comments.reading import threads
from tests import crawl, server_errors
from tests.conftest import signed_in, visitor, with_token
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db

READERS = {
    "held": "kq7heldv3x@canary-one.example",
    "approved": "zt4äpproved9w@canary-two.example",
    "spam": "xw8spamq2j@canary-three.example",
    "trashed": "jv5träshk6z@canary-four.example",
}
SENDER = "qz9sëndérw4k@canary-fünf.example"
COLLEAGUE = "hn3maíl7y@canary-six.example"  # to whom a mail of Wagtail's waits
MAY_SEE_SENDER = {"front desk", "admin"}

# Wagtail itself writes these on a GET of a signed-in person: who has a page open and hears of comments on it,
# their preferences on the first visit, thumbnails for its lists, and what the session says on the next page.
WAGTAIL_WRITES = frozenset(
    {
        "wagtailadmin_editingsession",
        "wagtailcore_pagesubscription",
        "wagtailusers_userprofile",
        "wagtailimages_rendition",
        "cms_sessions_session",
    }
)


@pytest.fixture
def full_site(client, post, contact):
    """A post with a comment in each state, and a message; every address is a canary."""
    for state, address in READERS.items():
        CommentFactory(page=post, address=address, **({} if state == "held" else {state: True}))
    client.post(contact.url, {"name": "Sender", "email": SENDER, "message": "Hello", "send_copy": "on"})
    send_mail("A page waits", "Please review it.", None, [COLLEAGUE])
    return post


@pytest.fixture
def roles(full_site, editor, moderator, front_desk, admin):
    staff = {"editor": editor, "moderator": moderator, "front desk": front_desk, "admin": admin}
    return {"anonymous": visitor(), **{name: signed_in(user) for name, user in staff.items()}}


def hits(roles, urls) -> list[str]:
    """Walk the URLs and name every answer that gives away an address to somebody who may not have it."""
    found = []
    for answer in crawl.walk(roles, urls):
        assert answer.status < 500 or answer.url in server_errors.HONEST, answer
        leaked = crawl.leaks(answer.bytes, [*READERS.values(), COLLEAGUE])
        if answer.role not in MAY_SEE_SENDER:
            leaked += crawl.leaks(answer.bytes, [SENDER])
        found += [f"{answer.role} {answer.url}: {address}" for address in leaked]
    return found


def own_urls(post) -> list[str]:
    mine = (
        post.url,
        "/blog/",
        "/api/v1/",
        "/admin/comments/",
        "/admin/messages/",
        "/admin/outbox/",
        "/admin/webhooks/",
        "/admin/set-up/",
        "/search/",
        "/sitemap",
        "/robots",
    )
    return [url for url in crawl.every_url() if url.startswith(mine) or url == "/"]


def test_no_url_gives_an_address_away(roles, caplog):
    caplog.set_level(logging.DEBUG)

    assert hits(roles, crawl.every_url()) == []
    assert crawl.leaks(caplog.text.encode(), [*READERS.values(), SENDER, COLLEAGUE]) == []


def test_no_url_of_the_api_gives_an_address_to_a_moderators_token(full_site, moderator):
    program = with_token(moderator)

    assert program.get("/api/v1/moderation/comments/").json()["items"]
    assert hits({"token": program}, [url for url in crawl.every_url() if url.startswith("/api/")]) == []


def test_a_stolen_database_gives_no_address_away(full_site):
    assert crawl.leaks(crawl.database_bytes(), [*READERS.values(), SENDER, COLLEAGUE]) == []


def test_no_mail_to_others_gives_an_address_away(full_site, smtp, client, moderator):
    call_command("deliver", once=True)

    assert smtp.mails
    for mail in smtp.mails:
        assert crawl.leaks(mail.as_bytes(), READERS.values()) == []


def test_the_crawl_sees_a_hash_of_an_address(roles, full_site, monkeypatch):
    """The leak of WordPress and of stock django-comments-xtd, put back: an avatar named by an MD5."""
    real = threads.node_of

    def with_avatar(comment, url):
        node = real(comment, url)
        node.name += hashlib.md5(comment.reader.address.encode(), usedforsecurity=False).hexdigest()
        return node

    monkeypatch.setattr(threads, "node_of", with_avatar)

    assert any("canary-two" in hit for hit in hits(roles, [full_site.url]))


def test_the_crawl_sees_an_address_packed_into_a_link(roles, full_site, monkeypatch):
    """The leak of django-comments-xtd's confirmation links, put back: a token that holds the address."""
    real = threads.node_of

    def with_token(comment, url):
        node = real(comment, url)
        node.reply_url += signing.dumps({"address": comment.reader.address * 3}, compress=True)
        return node

    monkeypatch.setattr(threads, "node_of", with_token)

    assert any("canary-two" in hit for hit in hits({"anonymous": roles["anonymous"]}, [full_site.url]))


def test_the_crawl_sees_a_plain_address_in_the_database(full_site):
    comment = full_site.reader_comments.first()
    comment.user_email = READERS["held"]
    comment.save()

    assert crawl.leaks(crawl.database_bytes(), READERS.values()) == [READERS["held"]]


def changed_by_reading(clients, urls, besides=frozenset()) -> set[str]:
    """Read the URLs twice with every safe method; return the tables whose rows changed."""
    before = crawl.contents(besides)
    for _ in range(2):
        for answer in crawl.walk(clients, urls, ("GET", "HEAD", "OPTIONS")):
            assert answer.status < 500 or answer.url in server_errors.HONEST, answer
    after = crawl.contents(besides)
    return {table for table in before if before[table] != after[table]}


def test_reading_changes_nothing_for_an_anonymous_visitor(roles):
    assert changed_by_reading({"anonymous": roles["anonymous"]}, crawl.every_url()) == set()


@pytest.mark.once
@pytest.mark.parametrize(
    "role",
    [
        "moderator",
        "admin",
        *(pytest.param(role, marks=pytest.mark.long) for role in ("editor", "front desk")),
    ],
)
def test_reading_changes_nothing_for_staff(roles, role):
    assert changed_by_reading({role: roles[role]}, crawl.every_url(), besides=WAGTAIL_WRITES) == set()


def test_the_crawl_sees_a_write_on_get(roles, full_site, monkeypatch):
    """The fault of django-comments-xtd's mute links, put back: a GET that changes a row."""
    real = comment_views.page_context

    def with_write(request, page, **kwargs):
        page.reader_comments.update(followup=True)
        return real(request, page, **kwargs)

    monkeypatch.setattr(comment_views, "page_context", with_write)

    assert changed_by_reading({"anonymous": visitor()}, [full_site.url])


def test_every_public_page_has_one_h1_and_no_cookie(roles, full_site):
    public = [
        url for url in crawl.every_url() if not url.startswith(("/admin/", "/api/", "/_util/", "/documents/"))
    ]
    answers = crawl.walk({"anonymous": visitor()}, public)
    pages = [each for each in answers if b"text/html" in each.bytes and each.status < 300]

    assert {"/", full_site.url} < {page.url for page in pages}
    for page in pages:
        assert page.bytes.count(b"<h1") == 1, page.url
        assert b"Set-Cookie" not in page.bytes, page.url


def test_every_role_finds_only_its_own_doors(roles):
    doors = {
        "/admin/comments/": {"moderator", "admin"},
        "/admin/messages/": {"front desk", "admin"},
        "/admin/privacy/": {"admin"},
        "/admin/outbox/": {"admin"},
        "/admin/webhooks/": {"admin"},
        "/admin/set-up/": {"admin"},
        "/admin/pages/": {"editor", "admin"},
        "/admin/images/": {"editor", "admin"},
        "/admin/users/": {"admin"},
        "/admin/groups/": {"admin"},
        "/admin/sites/": {"admin"},
        "/admin/settings/brand/siteidentity/": {"admin"},
    }
    for url, allowed in doors.items():
        opened = {
            name
            for name, client in roles.items()
            if client.get(url, follow=True).request["PATH_INFO"].startswith(url)
        }
        assert opened == allowed, url


def test_no_migration_is_pending():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_an_address_is_told_in_every_shape_it_can_take():
    """The crawl's own eyes: each shape is seen, and an innocent text is not."""
    address = READERS["held"]
    for shape in crawl.shapes(address):
        assert crawl.leaks(b"before " + shape + b" after", [address]), shape
    assert not crawl.leaks(b"an innocent text of some length", [address])


def test_tokens_are_kept_as_digests(full_site):
    assert not Token.objects.filter(digest__startswith=Token.PREFIX).exists()

"""
Kept answers, at two processes of two servers on one database: as one made afresh a second after any change.

``afresh`` asks with a cookie that nobody reads, which goes past all that is kept.
"""

import asyncio
import gzip
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode

import brotli
import pytest
from django.db import connection
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction, Site

from blog.comments.models import Discussion, ReaderComment
from blog.comments.moderation import actions
from blog.models import Author, BlogPostPage, Category
from cms.brand.models import SiteIdentity
from cms.front.answers import Ready
from cms.front.kept import OVERHEAD, SETTLES, Answer, Kept, kept_of
from cms.page_cache import triggers
from cms.page_cache.keeping import Terms
from cms.page_cache.models import Change
from home.models import FooterLink, FooterLinks
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory, PostFactory, StandardPageFactory
from tests.served import HOST, web_server

pytestmark = [pytest.mark.django_db(transaction=True)]

SEEN_WITHIN = 1.0  # seconds, on every process
# what a form says of the moment it was made
MOMENT = re.compile(rb'(name="(?:timestamp|security_hash|seal)" value=")[^"]*')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
FRESH = {"Cookie": "fresh=1"}


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def says(self) -> tuple[int, bytes]:
        return self.status, MOMENT.sub(rb"\1", self.body)


class Line:
    """A connection that is kept, and so a process that stays the same; on a busy machine it may time out."""

    def __init__(self, port: int) -> None:
        self.door = HTTPConnection(HOST, port, timeout=60)

    def get(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Got:
        try:
            return self._ask(method, path, body, headers)
        except ConnectionError:
            self.door.close()
            return self._ask(method, path, body, headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.door.request(method, path, body, {"Host": "localhost", **named})
        answer = self.door.getresponse()
        return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@pytest.fixture(scope="module")
def ports(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    folder = tmp_path_factory.mktemp("kept")
    as_run = {"DJANGO_SETTINGS_MODULE": "tests.as_run"}
    with web_server(folder / "one", **as_run) as one, web_server(folder / "two", **as_run) as two:
        yield [one.port, two.port]
    for name in ("one", "two"):
        assert "failed outside Django" not in (folder / name).read_text()


@pytest.fixture
def lines(ports: list[int]) -> list[Line]:
    return [Line(port) for port in ports]


@pytest.fixture
def about(home):
    return StandardPageFactory(parent=home)


@pytest.fixture
def paths(home, post, contact, about) -> list[str]:
    CommentFactory(page=post, approved=True)
    return [
        "/",
        "/blog/",
        about.url,
        post.url,
        contact.url,
        "/blog/feed/",
        "/blog/comments/feed/",
        f"{post.url}comments/feed/",
        "/manifest.webmanifest",
        "/api/v1/posts/",
        f"/api/v1/posts/{post.slug}/comments/",
        "/api/v1/site/",
        "/api/v1/menus/",
        f"/api/v1/resolve/?path={post.url}",
    ]


def warm(lines: list[Line], paths: list[str]) -> None:
    """Let both processes keep all."""
    for line in lines:
        line.get("/robots.txt")  # it looks
    time.sleep(SETTLES)
    for line in lines:
        for path in paths:
            line.get(path)


def require_fresh(lines: list[Line], paths: list[str], what: str) -> None:
    for path in paths:
        fresh = lines[0].get(path, **FRESH)
        for number, line in enumerate(lines):
            assert line.get(path).says == fresh.says, f"{what}: {path} at {number}"


@contextmanager
def without_notes() -> Iterator[None]:
    """Changes are not noted meanwhile."""
    with connection.cursor() as cursor:
        for name in triggers.existing(cursor, connection):
            cursor.execute(triggers.removal(connection.vendor, name))
    yield
    triggers.after_migration()


def test_what_may_be_kept_is_kept_and_goes_when_a_change_is_noted(lines, paths):
    """Without notes a change is seen nowhere: so all was kept, at both."""
    warm(lines, paths)
    before = {path: lines[0].get(path).says for path in paths}
    with without_notes():
        SiteIdentity.objects.update_or_create(site=Site.objects.get(), defaults={"name": "Changed by hand"})
        BlogPostPage.objects.update(title="Changed by hand")
        ReaderComment.objects.update(user_name="Changed by hand")
        time.sleep(SEEN_WITHIN)
        for line in lines:
            for path in paths:
                assert line.get(path).says == before[path], path
        assert lines[0].get("/blog/", **FRESH).says != before["/blog/"]
    BlogPostPage.objects.update(title="Changed again")
    ReaderComment.objects.update(user_name="Changed again")
    time.sleep(SEEN_WITHIN)
    require_fresh(lines, paths, "noted again")


def change_everything(post, about, home, moderator) -> Iterator[str]:
    """Make one change after the other, each as its own door makes it; say what was done."""
    comment = ReaderComment.objects.get()
    held = CommentFactory(page=post)
    yield "a comment is held"
    held = actions.approve(held, by=moderator, version=held.version)
    yield "a comment is approved"
    comment = actions.edit(comment, text="Other words.", by=moderator, version=comment.version)
    yield "a comment is edited"
    actions.trash(held, by=moderator, version=held.version)
    yield "a comment is removed"
    post.title = "A new title"
    post.save_revision()
    yield "a draft is saved"
    post.get_latest_revision().publish()
    yield "a post is published"
    other = PostFactory(parent=post.get_parent(), author=AuthorFactory(), category=CategoryFactory())
    yield "another post is there"
    Author.objects.update(name="Another name")
    yield "an author is renamed"
    Category.objects.get().delete()
    yield "a category is gone"
    other.refresh_from_db()
    other.slug = "elsewhere"
    other.save_revision().publish()
    yield "an address is changed"
    Redirect.objects.create(old_path="/old", redirect_page=other)
    yield "a redirect"
    other.unpublish()
    yield "a post is unpublished"
    other.copy(update_attrs={"slug": "a-copy", "title": "A copy"}, keep_live=False)
    yield "a copy"
    SiteIdentity.objects.update_or_create(site=Site.objects.get(), defaults={"name": "Another"})
    yield "the identity"
    footer = FooterLinks.objects.create(site=Site.objects.get())
    FooterLink.objects.create(footer=footer, label="Elsewhere", address="https://example.org/")
    yield "a footer link"
    about.show_in_menus = True
    about.save_revision().publish()
    yield "the menu"
    Discussion.objects.create(site=Site.objects.get(), closed=True)
    yield "comments are closed"
    restriction = PageViewRestriction.objects.create(page=post.get_parent(), restriction_type="login")
    yield "a section is private"
    restriction.delete()
    yield "it is public again"
    about.move(post.get_parent(), pos="last-child")
    yield "a page is moved"
    post.delete()
    yield "a post is deleted"


def test_each_change_is_seen_at_both_within_a_second(lines, paths, post, about, home, moderator):
    warm(lines, paths)
    for what in change_everything(post, about, home, moderator):
        time.sleep(SEEN_WITHIN)
        require_fresh(lines, paths, what)
        if not what.startswith("a comment"):
            warm(lines, paths)


def test_who_changes_it_sees_it_at_once(lines, post):
    """Whatever the clock says: an answer after a form of the same process is looked at anew."""
    Discussion.objects.create(site=Site.objects.get(), moderation="none")
    warm(lines, [post.url])
    line, other = lines
    form = dict(HIDDEN.findall(line.get(post.url).body.decode()))
    typed = {"name": "Ada", "email": "ada@example.org", "comment": "Seen at once.", "honeypot": ""}
    time.sleep(2)  # a form that is sent sooner is held

    words = urlencode({**form, **typed})
    kind = "application/x-www-form-urlencoded"
    assert line.get(post.url, "POST", words, Content_Type=kind).status == 303

    assert b"Seen at once." in line.get(post.url).body
    time.sleep(SEEN_WITHIN)
    assert b"Seen at once." in other.get(post.url).body


def test_an_answer_goes_out_as_a_client_takes_it(lines, post):
    warm(lines, [post.url])
    line = lines[0]
    plain, packed = line.get(post.url), line.get(post.url, Accept_Encoding="gzip, deflate")
    better = line.get(post.url, Accept_Encoding="gzip, br")
    refused = line.get(post.url, Accept_Encoding="br;q=0")
    head = line.get(post.url, "HEAD")

    assert (packed.headers["content-encoding"], better.headers["content-encoding"]) == ("gzip", "br")
    assert gzip.decompress(packed.body) == brotli.decompress(better.body) == refused.body == plain.body
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**plain.headers, "date": ""}
    assert plain.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert {"Accept-Encoding", "Cookie"} <= set(plain.headers["vary"].split(", "))
    etag = plain.headers["etag"]
    for tag in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        known = line.get(post.url, If_None_Match=tag)
        assert (known.status, known.body) == (304, b"")
    assert line.get(post.url, If_None_Match='"other"').status == 200
    fresh = line.get(post.url, **FRESH)
    ours = {"etag", "cache-control", "vary", "date", "content-length"}
    assert {k: v for k, v in plain.headers.items() if k not in ours} == {
        k: v for k, v in fresh.headers.items() if k not in ours
    }


def test_what_is_not_kept_is_compressed_unless_it_may_hold_a_secret(lines, post):
    line, asked = lines[0], f"{post.url}?more=1"

    packed = line.get(asked, Accept_Encoding="br")

    assert packed.headers["content-encoding"] == "br"
    assert MOMENT.sub(rb"\1", brotli.decompress(packed.body)) == line.get(asked).says[1]
    for own in (FRESH, {"Authorization": "Bearer x"}):
        assert "content-encoding" not in line.get(asked, Accept_Encoding="br", **own).headers
    assert "content-encoding" not in line.get("/admin/login/", Accept_Encoding="br").headers


ODD = {
    "Accept_Language": "de",
    "Accept": "application/json",
    "User_Agent": "Odd",
    "X_Forwarded_Host": "evil.example",
    "X_Forwarded_Proto": "gopher",
    "X_Forwarded_For": "203.0.113.9",
    "X_Original_URL": "/contact/",
    "X_HTTP_Method_Override": "POST",
    "Referer": "https://evil.example/",
    "Sec_Fetch_Site": "cross-site",
}


def test_nobody_makes_an_answer_for_others(lines, paths):
    """Whatever the first one to ask says of themselves, the next one gets what anyone gets."""
    warm(lines, [])
    for path in paths:
        lines[0].get(path, **ODD)
    require_fresh(lines, paths, "odd headers")


@pytest.mark.parametrize(
    "own", [FRESH, {"Authorization": "Bearer comment_x"}, {"Origin": "https://evil.example"}]
)
def test_who_brings_something_of_their_own_is_answered_by_django(lines, post, own):
    warm(lines, [post.url])
    kept = lines[0].get(post.url)
    time.sleep(1.1)

    assert lines[0].get(post.url).body == kept.body
    assert lines[0].get(post.url, **own).body != kept.body  # its form is of another second


def test_errors_and_redirects_are_not_kept(lines, post):
    warm(lines, ["/blog/no/", "/blog"])
    assert (lines[0].get("/blog/no/").status, lines[0].get("/blog").status) == (404, 301)

    PostFactory(parent=post.get_parent(), slug="no")

    assert lines[0].get("/blog/no/").status == 200  # at once: nothing was there to go


def ready(words: bytes = b"x" * 1000, status: int = 200, **headers: str) -> Ready:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Ready(status, list({"content-type": "text/html", **named}.items()), words)


def allowed(*shows: str) -> Terms:
    terms = Terms()
    terms.shows = frozenset(("site", *shows))
    return terms


@pytest.mark.parametrize(
    "answer",
    [
        ready(status=404),
        ready(set_cookie="a=b"),
        ready(cache_control="private, no-store"),
        ready(cache_control="private"),
        ready(vary="Accept-Language"),
        ready(content_encoding="gzip"),
        Ready(200, [], path="/dev/null"),
    ],
)
def test_what_is_for_one_person_is_not_kept_even_if_its_view_allows_it(answer):
    assert kept_of(ready(), allowed(), time.time())
    assert kept_of(ready(), Terms(), time.time()) is None
    assert kept_of(answer, allowed(), time.time()) is None


def key(number: int) -> tuple[str, str, str, str]:
    return "http", "localhost", f"/{number}/", ""


async def answering(answer: Answer) -> Answer:
    return answer


def test_no_more_is_kept_than_fits_and_what_was_asked_for_last_stays():
    one = kept_of(ready(), allowed(), time.time())

    async def fill() -> None:
        kept = Kept(asyncio.get_running_loop(), 10 * one.size)
        try:
            assert await kept.find(key(0)) is None
            kept.settled_at = 0.0
            for number in range(100):
                await kept.build(key(number), answering(one))
                assert await kept.find(key(0))
            assert kept.size == sum(each.size for each in kept.answers.values()) <= kept.most
            assert await kept.find(key(99))
            assert await kept.find(key(50)) is None
            large = kept_of(ready(b"x" * 20 * one.size, vary=""), allowed(), time.time())
            await kept.build(key(100), answering(large._replace(variants={"": large.variants[""]})))
            assert await kept.find(key(100)) is None
        finally:
            kept.shutdown()

    assert one.size > OVERHEAD + 1000
    asyncio.run(fill())


def test_an_answer_that_was_begun_before_a_change_is_not_kept(post):
    """It may show what was; nor is one that is too old, and others wait for one who builds it."""
    one = kept_of(ready(), allowed("comments:1"), time.time())
    old = one._replace(until=time.time() - 1)

    async def change_meanwhile() -> None:
        kept = Kept(asyncio.get_running_loop(), 10**6)
        asked = asyncio.Event()

        async def slow(answer: Answer) -> Answer:
            await asked.wait()
            return answer

        try:
            await kept.find(key(0))
            kept.settled_at = 0.0
            building = asyncio.create_task(kept.build(key(0), slow(one)))
            await asyncio.sleep(0)
            waiting = asyncio.create_task(kept.find(key(0)))
            await asyncio.sleep(0)
            Change.objects.filter(subject="comments:1").delete()
            Change.objects.create(subject="comments:1", xid=2**60)
            kept.look_again()
            assert await kept.find(key(1)) is None  # which looks
            asked.set()
            assert await building is one
            assert await waiting is None
            await kept.build(key(0), answering(one))
            assert await kept.find(key(0)) is one
            await kept.build(key(0), answering(old))
            assert await kept.find(key(0)) is None
        finally:
            kept.shutdown()

    asyncio.run(change_meanwhile())


def test_while_nobody_can_look_nothing_is_given_out():
    one = kept_of(ready(), allowed(), time.time())

    async def lose_it() -> None:
        kept = Kept(asyncio.get_running_loop(), 10**6)
        try:
            await kept.find(key(0))
            kept.settled_at = 0.0
            await kept.build(key(0), answering(one))
            assert await kept.find(key(0)) is one
            kept.look_again()
            kept.place = ("no", "place")  # so that the query fails, as it does without a database
            assert await kept.find(key(0)) is None
            assert not kept.answers
        finally:
            kept.shutdown()

    asyncio.run(lose_it())


def test_it_can_be_turned_off():
    async def ask() -> None:
        kept = Kept(asyncio.get_running_loop(), 0)
        one = kept_of(ready(), allowed(), time.time())
        assert await kept.build(key(0), answering(one)) is one
        assert await kept.find(key(0)) is None
        kept.shutdown()

    asyncio.run(ask())

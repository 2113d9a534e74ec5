"""Cookies are bound to this host and to TLS; no cache keeps what carries one, or is for one person alone."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import Morsel

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory
from wagtail.documents import get_document_model
from wagtail.models import Collection

from blog.comments.posting.own_comments import COOKIE
from cms.front import limits
from tests import crawl, server_errors
from tests.cms.settings.test_settings import PRODUCTION, ROOT
from tests.conftest import signed_in, visitor, with_token
from tests.editor import Editor, paragraph, stream
from tests.factories import PASSWORD, CommentFactory, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]

HEADERS = {"host": "localhost", "origin": "http://localhost"}


@pytest.fixture
def tls(settings) -> None:
    """A site with https, as the settings make it."""
    settings.COOKIE_PREFIX = "__Host-"
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers=HEADERS, raise_request_exception=False)


def post(client: Client, url: str, **fields: str):
    """Send a form with the token of the page it is on."""
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', client.get(url).content.decode())
    return client.post(url, {**fields, **({"csrfmiddlewaretoken": token[1]} if token else {})})


def write(client: Client, page, words: str = "Some words."):
    form = client.get(page.url).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(page.url, {**hidden, "name": "Ann", "email": "a@example.org", "comment": words})


@pytest.fixture
def private(db):
    """A document for people who are logged in, in a collection of its own."""
    collection = Collection.get_first_root_node().add_child(name="Private")
    collection.view_restrictions.create(restriction_type="login")
    return get_document_model().objects.create(
        title="Private", collection=collection, file=ContentFile(b"secret", name="private.txt")
    )


def everything(page) -> Iterator[tuple[str, object]]:
    """Return each answer and where it came from: of every door, and of forms that set cookies."""
    UserFactory(username="ann", group="Editors")
    stranger, person = browser(), browser()
    yield "a wrong password", post(stranger, "/admin/login/", username="ann", password="wrong")
    yield "a log-in", post(person, "/admin/login/", username="ann", password=PASSWORD, next="/admin/")
    yield "a comment", write(stranger, page)
    yield "a mail for a new password", post(stranger, "/admin/password_reset/", email="ann@staff.example")
    yield "a stale form", stranger.post("/admin/pages/1/edit/", {"title": "Words"})
    yield "a proof", post(person, "/admin/second-factor/confirm/", current_password=PASSWORD)
    yield "a new setting", post(person, "/admin/account/sessions/", do="others")
    for url in crawl.every_url():
        for name, client in (("stranger", stranger), ("person", person)):
            if url != "/admin/logout/":
                yield f"{name} at {url}", client.get(url)
    yield "a log-out", post(person, "/admin/account/sessions/", do="everywhere")


def wrong_about(where: str, cookie: Morsel) -> str:
    bound = cookie["path"] == "/" if cookie.key.startswith("__Host-") else cookie.key.startswith("__Secure-")
    right = bound and cookie["secure"] and cookie["samesite"] == "Lax" and not cookie["domain"]
    right = right and (cookie["httponly"] or not cookie.value)  # no value: it is taken away
    return "" if right else f"{where}: {cookie.OutputString()}"


def test_every_cookie_of_every_door_is_bound_to_the_host_and_no_cache_keeps_it(
    tls, post_with_comment, private
):
    wrong, set_by = [], set()
    for where, answer in everything(post_with_comment):
        for cookie in answer.cookies.values():
            set_by.add(cookie.key.partition("device_")[0])
            wrong.append(wrong_about(where, cookie))
            if "no-store" not in answer.headers.get("Cache-Control", ""):
                wrong.append(f"{where}: {cookie.key} may be kept")

    assert [each for each in wrong if each] == []
    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-own_comments", "__Host-messages"} <= set_by
    assert "__Secure-" in set_by


@pytest.fixture
def post_with_comment(post):
    CommentFactory(page=post, approved=True)
    return post


def test_the_sites_own_cache_holds_nothing_of_anybody(tls, post_with_comment, private):
    """Neither an address nor a cookie, nor words that were typed."""
    with server_errors.collected():
        cookies = {
            morsel.value
            for _, answer in everything(post_with_comment)
            for morsel in answer.cookies.values()
            if len(morsel.value) > 20
        }
    assert visitor().get("/search/?q=quincunxial").status_code == 200
    assert visitor(authorization="Bearer xylophone").get("/api/v1/moderation/comments/").status_code == 401
    keys = [key.split(":", 2)[1:] for key in cache._cache]
    held = {key: cache.get(key, version=int(version)) for version, key in keys}

    assert len(held) >= 3 and None not in held.values() and len(cookies) > 3
    told = repr(held)
    words = ("Some words.", "quincunxial", "xylophone", "127.0.0.1", PASSWORD)
    for secret in (*cookies, *words, "a@example.org", "ann@staff.example"):
        assert secret not in told


def test_the_settings_of_a_site_with_https_name_them_so(tmp_path):
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.COOKIE_PREFIX, s.SESSION_COOKIE_DOMAIN)"
    )
    said = []
    for module, variables in (("production", PRODUCTION), ("base", {"SITE_URL": "http://localhost:9201"})):
        environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **variables}
        environment["DJANGO_SETTINGS_MODULE"] = f"cms.settings.{module}"
        run = [sys.executable, "-c", code]
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        said.append(done.stdout.split())

    assert said == [
        ["__Host-sessionid", "__Host-csrftoken", "__Host-", "None"],
        ["sessionid", "csrftoken", "None"],
    ]


@pytest.mark.django_db(transaction=True)  # the front closes the connection that it was left with
def test_the_front_knows_the_session_by_its_new_name(tls, editor):
    def most(name: str) -> int:
        cookie = {"cookie": f"{name}={key}"}
        return limits.of(RequestFactory().post("/admin/images/add/", headers=cookie).META)

    key = signed_in(editor).session.session_key
    assert most("__Host-sessionid") == limits.FILE
    assert most("sessionid") == limits.EDITOR  # so that words come back


def test_a_person_with_https_logs_in_and_out_and_sees_the_user_bar(tls, post_with_comment):
    UserFactory(username="ann", group="Editors")
    person = browser()
    post(person, "/admin/login/", username="ann", password=PASSWORD, next="/admin/")
    assert "wagtail-userbar" in person.get(post_with_comment.url).content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', person.get("/admin/account/").content.decode())[
        1
    ]
    answer = person.post("/admin/logout/", {"csrfmiddlewaretoken": token})

    assert answer.status_code == 302
    assert not person.cookies["__Host-sessionid"].value
    assert person.get("/admin/account/").status_code == 302


def test_authors_keep_their_comments_when_a_site_gets_https(tls, post_with_comment, settings):
    settings.COOKIE_PREFIX = ""
    author = browser()
    assert write(author, post_with_comment).status_code == 303
    settings.COOKIE_PREFIX = "__Host-"
    page = author.get(post_with_comment.url)
    assert "Some words." in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"

    write(author, post_with_comment, "Other words.")
    assert author.cookies["__Host-own_comments"].value.startswith(author.cookies[COOKIE].value)


def test_the_answer_that_sets_an_authors_cookie_is_kept_by_nobody(client, post):
    answer = write(client, post)

    assert (answer.status_code, answer["Cache-Control"]) == (303, "private, no-store")


class TestForOnePersonAlone:
    """By whatever door, whoever asks: what depends on a log-in is ``private, no-store``."""

    def is_kept_out(self, answer) -> bool:
        said = answer.headers.get("Cache-Control", "")
        return "private" in said and "no-store" in said

    def test_a_private_document(self, private, editor):
        for client, status in ((visitor(), 302), (signed_in(editor), 200)):
            answer = client.get(private.url)
            assert (answer.status_code, self.is_kept_out(answer)) == (status, True)

    def test_a_public_document_may_be_kept(self, editor):
        document = get_document_model().objects.create(title="A", file=ContentFile(b"open", name="open.txt"))
        answer = visitor().get(document.url)

        assert (answer.status_code, "no-store" in answer.headers.get("Cache-Control", "")) == (200, False)
        assert "Cookie" not in answer.headers.get("Vary", "")

    @pytest.mark.parametrize("kind", ["login", "password"])
    def test_a_private_page(self, post, editor, kind):
        post.view_restrictions.create(restriction_type=kind, password="opens it")
        for client in (visitor(), signed_in(editor)):
            assert self.is_kept_out(client.get(post.url))

    def test_a_preview(self, post, editor):
        assert self.is_kept_out(signed_in(editor).get(f"/admin/pages/{post.pk}/view_draft/"))
        by = Editor(signed_in(editor), post)
        words = stream([("paragraph", paragraph("A draft."))])
        assert self.is_kept_out(by.preview(by.open() | words))

    def test_a_public_page_with_the_user_bar(self, post, editor):
        assert self.is_kept_out(signed_in(editor).get(post.url))

    def test_the_api_with_a_token_right_or_wrong(self, post, moderator):
        for client in (with_token(moderator), visitor(authorization="Bearer nonsense")):
            for url in ("/api/v1/moderation/comments/", "/api/v1/posts/"):
                assert "no-store" in client.get(url)["Cache-Control"], url

    def test_the_whole_admin(self, post_with_comment, admin):
        client = signed_in(admin)
        urls = [url for url in crawl.every_url() if url.startswith("/admin/")]
        answers = {url: client.get(url) for url in urls if url not in server_errors.HONEST}
        kept = [url for url, answer in answers.items() if not self.is_kept_out(answer)]

        assert kept == ["/admin/logout/"]  # which takes no GET

    def test_a_form_that_came_after_the_log_in_ended(self, client, home):
        answer = client.post("/admin/users/add/", {"username": "x"}, headers={"origin": "http://localhost"})

        assert (answer.status_code, self.is_kept_out(answer)) == (403, True)

"""
The list of all that strangers may send, and the time that each entry takes against its length.

A door, a field or a header that is not on the list fails here; on it, it is measured. Fields come from the
forms and from the API's own description, so a new one is measured by itself. Heads of requests are measured
in tests/cms/front/test_heads.py, whole bodies in test_longest_bodies.py beside it.
"""

import ast
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from wagtail.admin.forms.auth import LoginForm, PasswordResetForm
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import get_page_models

from blog.comments.posting.forms import CommentForm, ReportForm, WordsForm
from cms import vault
from cms.front.limits import FORM
from cms.invitations.actions import LIFE
from cms.invitations.forms import AcceptForm
from cms.invitations.models import Invitation, InvitationToken
from home.contact.forms import ContactForm
from home.contact.site_settings import MessageSettings
from tests import crawl
from tests.cms.front.test_heads import HEADERS
from tests.conftest import signed_in
from tests.factories import CommentFactory, ContactPageFactory, UserFactory
from tests.test_time_against_length import PATTERNS, of_length
from tests.work import MOST_SECONDS, at_usual_pace

pytestmark = [pytest.mark.once, pytest.mark.django_db]

ROOT = Path(__file__).parents[1]
QUICK = 0.02  # seconds, below which the shape of the curve is noise

HARDEST = ("marks", "kana marks", "line ends")  # when they were a fault; a long run takes the others too
HARDEST_FIRST = [pytest.param(name, marks=() if name in HARDEST else pytest.mark.long) for name in PATTERNS]

DOORS = {
    "/.well-known/security.txt",
    "/^((?:[\\w\\-]+/)*)$",
    "/^media/(?P<path>images/[^/]+)$",
    "/_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
    "/_util/login/",
    "/admin/login/",
    "/admin/login/second/",
    "/admin/password_reset/",
    "/admin/password_reset/complete/",
    "/admin/password_reset/confirm/<uidb64>/<token>/",
    "/admin/password_reset/done/",
    "/api/v1/",
    "/api/v1/authors/",
    "/api/v1/categories/",
    "/api/v1/comments/<comment_id>/",
    "/api/v1/comments/<comment_id>/report/",
    "/api/v1/contact/<page>/",
    "/api/v1/contact/<page>/files/",
    "/api/v1/docs",
    "/api/v1/menus/",
    "/api/v1/openapi.json",
    "/api/v1/pages/<page>/",
    "/api/v1/pages/<page>/comments/",
    "/api/v1/pages/<page>/comments/<comment_id>/replies/",
    "/api/v1/posts/",
    "/api/v1/posts/<post>/",
    "/api/v1/posts/<post>/comments/",
    "/api/v1/posts/<post>/comments/<comment_id>/replies/",
    "/api/v1/preview/",
    "/api/v1/resolve/",
    "/api/v1/search/",
    "/api/v1/site/",
    "/api/v1/tags/",
    "/api/wagtail/v2/^pages/",
    "/api/wagtail/v2/^pages/<int:pk>/",
    "/api/wagtail/v2/^pages/find/",
    "/documents/^(\\d+)/(.*)$",
    "/documents/authenticate_with_password/<int:restriction_id>/",
    "/apple-touch-icon.png",
    "/brand/<slug:digest>.css",
    "/brand/<slug:digest>/<int:page_id>.png",
    "/brand/<slug:digest>/<slug:name>.<slug:kind>",
    "/favicon.ico",
    "/healthz",
    "/mail/confirm/<slug:token>/",
    "/mail/copy/<slug:token>/",
    "/mail/invitation/<slug:token>/",
    "/mail/unsubscribe/<slug:token>/",
    "/manifest.webmanifest",
    "/preview/<slug:token>/",
    "/readyz",
    "/robots.txt",
    "/search/",
    "/sitemap.xml",
}
OF_COMMENTS = {
    "",
    "comments/feed/",
    "comments/<int:comment_id>/",
    "comments/<int:comment_id>/edit/",
    "comments/<int:comment_id>/report/",
    "comments/<int:comment_id>/replies/",
    "comments/<int:comment_id>/reply/",
}
ROUTES = {
    "BlogIndexPage": {"", "feed/", "comments/feed/"},
    "BlogPostPage": OF_COMMENTS,
    "ContactPage": {"", "thanks/"},
    "StandardPage": OF_COMMENTS,
}

# What our own code reads of a request beside forms where strangers come by: from where, and by which name.
READ = {
    ("headers", "'Authorization'"),
    ("headers", "'Origin'"),
    ("headers", "'Sec-Fetch-Site'"),
    ("headers", "'Cache-Control'"),
    ("headers", "'content-length'"),
    ("headers", "'content-type'"),
    ("headers", "'expect'"),
    ("headers", "'transfer-encoding'"),
    ("META", "'CONTENT_LENGTH'"),
    ("META", "'HTTP_AUTHORIZATION'"),
    ("META", "'HTTP_HOST'"),
    ("META", "'HTTP_ORIGIN'"),
    ("META", "'HTTP_SEC_FETCH_SITE'"),
    ("META", "'HTTP_USER_AGENT'"),
    ("META", "'SERVER_PROTOCOL'"),
    ("META", "'QUERY_STRING'"),
    ("META", "'REMOTE_ADDR'"),
    ("COOKIES", "COOKIE"),
    ("COOKIES", "cookies.name(COOKIE)"),
    ("COOKIES", "settings.SESSION_COOKIE_NAME"),
    ("GET", "'after'"),
    ("GET", "'comments'"),
    ("GET", "'copy'"),
    ("GET", "'next'"),
    ("GET", "'page'"),
    ("GET", "'q'"),
    ("GET", "'search'"),
    ("GET", "'sent'"),
    ("GET", "'token'"),
    ("GET", "name"),  # tag, category and author
    ("POST", "'List-Unsubscribe'"),
    ("POST", "'do'"),
    ("POST", "'message'"),
    ("POST", "'next'"),
    ("POST", "'passkey'"),
    ("POST", "'session'"),
    ("POST", "'withdraw'"),
    ("POST", "'workflow-action-extra-data'"),  # of staff alone
    ("POST", "f'{self.name}-email'"),
}
SENT_BY_THE_SERVER = {"content-length", "expect", "transfer-encoding"}  # granian judges these
QUERIES = (
    "after",
    "comments",
    "copy",
    "page",
    "q",
    "sent",
    "token",
    "tag",
    "category",
    "author",
    "since",
    "until",
    "search",
    "path",
    "cursor",
    "limit",
    "order",
    "next",
)
FOR_STAFF = (
    "admin",
    "migrations",
    "management",
    "editing",
    "redirect_import",
    "message_views",
    "comments/desk/",
    "home/setup/",
)

BY_TOKEN = ("/admin/", "/api/v1/moderation/", "/api/wagtail/v3-preview/")  # or by a session
STRANGERS = ("/admin/login/", "/admin/password_reset/")


def test_the_list_has_every_door():
    found = {door.pattern for door in crawl.every_door()}
    strangers = {door for door in found if not door.startswith(BY_TOKEN) or door.startswith(STRANGERS)}
    routes = {
        model.__name__: {str(route.pattern) for route in model.get_subpage_urls()}
        for model in get_page_models()
        if issubclass(model, RoutablePageMixin)
    }

    assert (strangers, routes) == (DOORS, ROUTES)


def test_the_list_has_all_that_is_read_of_a_request():
    found = set()
    for package in ("blog", "cms", "home"):
        for path in (ROOT / package).rglob("*.py"):
            if not any(word in path.as_posix() for word in FOR_STAFF):
                found |= set(filter(None, map(_read, ast.walk(ast.parse(path.read_text())))))

    assert found == READ
    read = {ast.literal_eval(name).lower() for place, name in found if place == "headers"}
    assert read - SENT_BY_THE_SERVER <= {name.lower() for name in HEADERS}
    assert {ast.literal_eval(name) for place, name in found if place == "GET" and "'" in name} <= set(QUERIES)


def _read(node: ast.AST) -> tuple[str, str] | None:
    """Return the place and the name, of an expression that reads something by its name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        called = node.func.attr in ("get", "getlist")
        of, name = (node.func.value, node.args[0]) if called else (None, None)
    elif isinstance(node, ast.Subscript):
        of, name = node.value, node.slice
    elif isinstance(node, ast.Compare):
        of, name = node.comparators[0], node.left
    else:
        return None
    places = ("headers", "META", "GET", "POST", "COOKIES", "FILES")
    return (of.attr, ast.unparse(name)) if isinstance(of, ast.Attribute) and of.attr in places else None


def processor_time(ask: Callable[[], object]) -> float:
    """Return the least of three times, in seconds at the usual pace; the first that is short will do."""
    took = []
    for _ in range(3):
        start = time.thread_time()
        answer = ask()
        took.append(at_usual_pace(time.thread_time() - start))
        assert answer.status_code < 500
        assert answer.status_code != 429, answer.wsgi_request.path  # whoever is sent away reads nothing
        if took[-1] < QUICK:
            break
    return min(took)


def require_in_time(send: Callable[[str], object], pattern: str, longest: int, what: str) -> None:
    """The longest is answered in time; and where that can be measured, half of it in half of the time."""
    longest //= len(of_length(pattern, 100).encode()) // 100 or 1
    took = processor_time(lambda: send(of_length(pattern, longest)))
    assert took < MOST_SECONDS, (what, took)
    if took > QUICK:
        half = processor_time(lambda: send(of_length(pattern, longest // 2)))
        assert took < 3 * half + QUICK, (what, half, took)


@pytest.fixture
def contact(home):
    page = ContactPageFactory(parent=home, asking=True, with_subjects=True)
    MessageSettings.objects.create(site=page.get_site(), take_files=True, offer_copy=True)
    return page


@pytest.fixture
def program(monkeypatch) -> Client:
    """Sends as often as it likes, and needs no token."""
    monkeypatch.setattr("cms.rate_limit.actions._take", lambda *bounds: None)
    monkeypatch.setattr("cms.credentials.guessing._take", lambda limits: None)
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def forms(post, contact) -> Iterator[tuple[str, object]]:
    comment = CommentFactory(page=post, approved=True)
    yield post.url, CommentForm(post)
    yield f"{post.url}comments/{comment.pk}/reply/", CommentForm(post)
    yield f"{post.url}comments/{comment.pk}/report/", ReportForm()
    yield f"{post.url}comments/{comment.pk}/edit/", WordsForm()
    yield contact.url, ContactForm(contact)
    yield f"/api/v1/contact/{contact.slug}/files/", ContactForm(contact)
    invitation = Invitation.objects.create(
        name="Ann",
        sealed_address=vault.seal("ann@example.org"),
        address_index=vault.index("ann@example.org"),
        administrator=True,
        invited_by=UserFactory(admin=True),
        expires_at=timezone.now() + LIFE,
    )
    secret = InvitationToken.issue(LIFE, invitation=invitation)
    yield f"/mail/invitation/{secret}/", AcceptForm(invitation=invitation)
    yield "/admin/login/", LoginForm()
    yield "/admin/password_reset/", PasswordResetForm()


VALID = {
    "name": "Ann",
    "email": "ann@example.org",
    "comment": "Words.",
    "message": "Words.",
    "reason": "spam",
}
OF_NO_FORM = ("do", "withdraw", "message", "List-Unsubscribe", "next", "seal", "csrfmiddlewaretoken")


@pytest.mark.parametrize("pattern", HARDEST_FIRST)
def test_every_field_of_every_form(program, post, contact, pattern):
    for url, form in forms(post, contact):
        for name in (*form.fields, *OF_NO_FORM):
            send = lambda typed, url=url, name=name: program.post(url, {**VALID, name: typed})  # noqa: E731 -- once
            require_in_time(send, PATTERNS[pattern], FORM // 3, f"{url} {name}")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_name_of_a_file(program, contact, pattern):
    for url in (contact.url, f"/api/v1/contact/{contact.slug}/files/"):

        def send(typed: str, url: str = url) -> object:
            return program.post(url, {"files": SimpleUploadedFile(f"a{typed}.txt", b"Words.")})

        require_in_time(send, PATTERNS[pattern], 900, url)


def operations() -> Iterator[tuple[str, str, dict]]:
    described = Client(headers={"host": "localhost"}).get("/api/v1/openapi.json").json()
    for url, methods in described["paths"].items():
        for method, operation in methods.items():
            if "/moderation/" not in url:
                yield method.upper(), url, operation | {"schemas": described["components"]["schemas"]}


def fields_of(operation: dict) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:  # a form in parts is among the forms
        return []
    schema = content["application/json"]["schema"]
    return list(operation["schemas"][schema["$ref"].rpartition("/")[2]]["properties"])


@pytest.mark.parametrize("pattern", HARDEST_FIRST)
def test_every_field_and_parameter_of_the_api(program, post, contact, pattern):
    comment = CommentFactory(page=post, approved=True)
    there = {"{post}": post.slug, "{comment_id}": str(comment.pk)}
    seen = 0
    for method, url, operation in operations():
        there["{page}"] = post.slug if "/pages/" in url else contact.slug
        for place, key in there.items():
            url = url.replace(place, key)  # noqa: PLW2901 -- filled in, one after the other
        for name in [
            *fields_of(operation),
            "else",
            *([f"question_{n}" for n in range(7)] if "contact" in url else []),
        ]:

            def send(typed: str, url: str = url, name: str = name, method: str = method) -> object:
                body = json.dumps({**VALID, name: typed}, ensure_ascii=False)
                token = {"Authorization": "Bearer comment_x"}
                return program.generic(method, url, body, content_type="application/json", headers=token)

            if method in ("POST", "PATCH"):
                require_in_time(send, PATTERNS[pattern], FORM, f"{method} {url} {name}")
                seen += 1
    assert seen > 15


@pytest.mark.parametrize("pattern", HARDEST_FIRST)
def test_every_name_in_a_query(program, post, contact, pattern):
    for url in (
        "/",
        post.url,
        "/blog/",
        "/search/",
        contact.url,
        "/api/v1/posts/",
        f"/api/v1/posts/{post.pk}/comments/",
        "/api/v1/resolve/",
        "/api/v1/search/",
        "/api/v1/tags/",
        "/api/v1/preview/",
    ):
        for name in QUERIES:
            send = lambda typed, url=url, name=name: program.get(url, {name: typed})  # noqa: E731 -- once
            require_in_time(send, PATTERNS[pattern], 8_000, f"{url}?{name}")


TAGS = {"tags": 'W/"a",', "quotes": '"', "commas": ",", "blanks": " "}


@pytest.mark.parametrize("pattern", TAGS)
def test_the_tags_that_a_reader_of_feeds_has_kept(program, post, pattern):
    CommentFactory(page=post, approved=True)
    for url in ("/blog/feed/", "/blog/comments/feed/", f"{post.url}comments/feed/"):
        for name in ("if-none-match", "if-modified-since"):
            send = lambda typed, url=url, name=name: program.get(url, headers={name: typed})  # noqa: E731 -- once
            require_in_time(send, TAGS[pattern], 8_000, f"{url} {name}")


SEARCHES = {
    "/admin/pages/search/": "q",
    "/admin/choose-page/search/": "q",
    "/admin/images/": "q",
    "/admin/images/chooser/results/": "q",
    "/admin/documents/": "q",
    "/admin/users/": "q",
    "/admin/redirects/": "q",
    "/admin/snippets/blog/author/": "q",
    "/admin/tag-autocomplete/": "term",
    "/admin/comments/": "q",
    "/admin/comments/all/": "q",
    "/admin/messages/": "q",
}
SEARCHED = {
    **{name: PATTERNS[name] for name in ("marks on letters", "ligatures", "at signs", "blanks")},
    "words": "a b ",
    "quotes": '"a" ',
    "percent signs": "%_",
}


@pytest.mark.parametrize("url", SEARCHES)
def test_every_search_of_staff(admin, post, contact, url):
    """What a line holds of words adds little to what the page takes anyway; two of these search by POST."""
    browser, name = signed_in(admin), SEARCHES[url]
    usual = processor_time(lambda: browser.get(url, {name: "a"}))
    for pattern, repeated in SEARCHED.items():
        long = of_length(repeated, 8_000)
        took = processor_time(lambda long=long: browser.get(url, {name: long}))
        assert took < usual + MOST_SECONDS, (pattern, usual, took)


@pytest.mark.parametrize("url", ["/admin/messages/", "/admin/comments/find/"])
def test_every_search_of_staff_that_is_posted(admin, post, contact, url):
    browser = signed_in(admin)
    usual = processor_time(lambda: browser.post(url, {"do": "search", "q": "a"}))
    for pattern, repeated in SEARCHED.items():
        long = of_length(repeated, 2_000_000 // len(repeated.encode()) * len(repeated) // 3)
        took = processor_time(lambda long=long: browser.post(url, {"do": "search", "q": long}))
        assert took < usual + MOST_SECONDS, (pattern, usual, took)


@pytest.mark.parametrize("pattern", HARDEST_FIRST)
def test_a_page_of_the_longest_comments(program, post, pattern):
    """Fifty of them, as they may be once somebody has approved them."""
    for number in range(50):
        CommentFactory(
            page=post, approved=True, text=f"{number} {of_length(PATTERNS[pattern], 4_900)}", name="Ann"
        )

    assert processor_time(lambda: program.get(post.url)) < MOST_SECONDS

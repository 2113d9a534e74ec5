"""What every answer tells a browser: the Observatory's score by kind of answer, and who may load what."""

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.db import InterfaceError, connection
from django.http import HttpResponse
from django.test import Client
from wagtail.documents import get_document_model
from wagtail_factories import ImageFactory

from cms.http import csp
from tests.cms.errors.test_outage import Failing
from tests.conftest import visitor
from tests.factories import CategoryFactory, PostFactory
from tests.observatory import score

pytestmark = [pytest.mark.once, pytest.mark.django_db]

AT_LEAST = 125


@pytest.fixture
def reader(settings) -> Client:
    """A visitor of a site in production."""
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.WHITENOISE_USE_FINDERS = True  # no static file is collected in a test run
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return visitor()


@pytest.fixture
def paths(post, contact) -> dict[str, str]:
    category = CategoryFactory(slug="treatments")
    PostFactory(parent=post.get_parent(), category=category)
    document = get_document_model().objects.create(
        title="A leaflet", file=ContentFile(b"Words", name="a.txt")
    )
    picture = ImageFactory(file__width=40, file__height=40)
    return {
        "home": "/",
        "blog": post.get_parent().url,
        "category": f"{post.get_parent().url}?category=treatments",
        "post": post.url,
        "contact": contact.url,
        "search": "/search/?q=acupuncture",
        "not found": "/no-such-page/",
        "feed": f"{post.get_parent().url}feed/",
        "feed of comments": f"{post.url}comments/feed/",
        "API": f"/api/v1/posts/{post.pk}/",
        "API, not found": "/api/v1/posts/0/",
        "API's documentation": "/api/v1/docs",
        "sitemap": "/sitemap.xml",
        "robots": "/robots.txt",
        "health": "/healthz",
        "document": document.url,
        "picture": picture.get_rendition("width-20").url,
        "style sheet": "/static/css/site.css",
        "script": "/static/js/site.js",
        "log-in": "/admin/login/",
        "forgotten password": "/admin/password_reset/",
    }


def marked(answer: HttpResponse) -> int:
    headers = [
        *answer.items(),
        *(("Set-Cookie", morsel.OutputString()) for morsel in answer.cookies.values()),
    ]
    return score(headers, "" if answer.streaming else answer.content.decode(errors="replace"))


def test_every_kind_of_answer_has_at_least_125_points(reader, paths):
    answers = {name: reader.get(path, secure=True) for name, path in paths.items()}
    scores = {name: marked(answer) for name, answer in answers.items()}

    assert {name for name, answer in answers.items() if answer.status_code != 200} == {
        "not found",
        "API, not found",
    }
    print(scores)  # noqa: T201 -- for those who want to see them: pytest -s
    assert {name: mark for name, mark in scores.items() if mark < AT_LEAST} == {}


def foreign_host(reader: Client, url: str) -> HttpResponse:
    return reader.get(url, secure=True, headers={"host": "evil.example"})


def foreign_post(reader: Client, url: str) -> HttpResponse:
    return reader.post(url, {}, secure=True, headers={"origin": "https://evil.example"})


def method_not_taken(reader: Client, url: str) -> HttpResponse:
    return reader.put("/search/", secure=True)


def database_away(reader: Client, url: str) -> HttpResponse:
    with connection.execute_wrapper(Failing("SELECT", 1, InterfaceError("connection already closed"))):
        return reader.get(url, secure=True)


def fault(reader: Client, url: str) -> HttpResponse:
    with connection.execute_wrapper(Failing("SELECT", 1, RuntimeError("a fault"))):
        return reader.get(url, secure=True)


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        (foreign_host, 400),
        (foreign_post, 403),
        (method_not_taken, 405),
        pytest.param(database_away, 503, marks=pytest.mark.server_errors(503)),
        pytest.param(fault, 500, marks=pytest.mark.server_errors(500)),
    ],
)
def test_so_has_every_refusal(reader, post, refused: Callable, status):
    answer = refused(reader, post.url)

    assert answer.status_code == status
    assert marked(answer) >= AT_LEAST


def test_only_pictures_are_shown_in_pages_of_others(reader, paths):
    allowed = {
        name: reader.get(path, secure=True)["Cross-Origin-Resource-Policy"] for name, path in paths.items()
    }

    assert {name for name, policy in allowed.items() if policy != "same-origin"} == {"picture"}
    assert allowed["picture"] == "cross-origin"


def test_every_answer_asks_for_a_process_of_its_own(reader, paths):
    answers = {name: reader.get(path, secure=True)["Origin-Agent-Cluster"] for name, path in paths.items()}

    assert answers == dict.fromkeys(paths, "?1") != {}


def test_a_page_has_no_feature_but_those_it_uses(reader, post, as_moderator):
    public, admin = (
        answer["Permissions-Policy"].split(", ")
        for answer in (reader.get(post.url), as_moderator.get("/admin/"))
    )

    assert len(public) == len(admin) == len(csp.FEATURES)
    assert [each for each in public if not each.endswith("=()")] == ["clipboard-write=(self)"]
    assert [each for each in admin if not each.endswith("=()")] == [
        "clipboard-write=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]

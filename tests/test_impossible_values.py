"""
Values that cannot be, at every door: in each parameter of each address, in each field of each list.

None is a 500, on either database: what is not there is a 404, what cannot be read is left out or refused.
They take turns; ``make thorough`` tries each everywhere.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import UUIDField
from django.urls import NoReverseMatch
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail_factories import ImageFactory

from tests import crawl, server_errors
from tests.cms.errors.test_outage import Failing
from tests.conftest import signed_in
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory

pytestmark = pytest.mark.django_db

TWENTY_DIGITS = "9" * 20
IDS = [
    TWENTY_DIGITS,
    f"-{TWENTY_DIGITS}",
    "9" * 5000,
    "0",
    "-1",
    "+1",
    "1e9",
    "\u0661\u0662",
    "a\0b",
    "x'\"(",
]
QUERIES = ["nonsense", "-created_at", TWENTY_DIGITS, "9" * 5000, "a\0b", '"', "0001-01-01"]
ALONE = [TWENTY_DIGITS, "a\0b"]
A_SEARCH = re.compile(r'<form[^>]*method="get".*?</form>', re.I | re.S)
A_NAME = re.compile(r'\bname="([\w-]+)"')
A_LINK = re.compile(r'\bhref="[^"]*\?([^"#]+)')


@pytest.fixture
def site(client, post, contact):
    """Something to find behind every door."""
    for trait in ("approved", "spam", "trashed"):
        CommentFactory(page=post, **{trait: True})
    client.post(contact.url, {"name": "Ben", "email": "ben@example.org", "message": "Hello"})
    AuthorFactory(), CategoryFactory(), ImageFactory()
    get_document_model().objects.create(title="A leaflet", file=ContentFile(b"Words", name="a.txt"))
    Redirect.objects.create(old_path="/old", redirect_page=post)
    post.save_revision().publish()
    return post


@contextmanager
def undone() -> Iterator[None]:
    """Undo what a request did. Also what it broke: after an error PostgreSQL takes no more statements."""
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(savepoint)


def failures(browser, requests: Iterator[tuple[str, str]]) -> list[tuple[str, str, int]]:
    found = []
    for method, url in requests:
        with undone():
            answer = browser.generic(method, url)
        if answer.status_code >= 500:
            found.append((method, url[:120], answer.status_code))
    return found


def every_address_with(values: list[str], each: int) -> Iterator[tuple[str, str]]:
    """Each parameter of each pattern takes so many of them; the others lead to things that are there."""
    turn = cycle(values)
    for door in crawl.every_door():
        for name in door.parameters:
            for value in islice(turn, each):
                url = quote(door.url(**{name: value}), safe="/%+'")
                yield from (("GET", url), ("POST", url))


def every_query_with(browser, values: list[str], each: int) -> Iterator[tuple[str, str]]:
    """What a page offers to choose, sort or filter by: all at once, and each alone."""
    turn, alone = cycle(values), cycle(ALONE)
    for url in crawl.every_url():
        if url in server_errors.HONEST or "logout" in url:
            continue
        with undone():
            page = browser.get(url)
        html = page.content.decode(errors="replace") if not page.streaming else ""
        links = " ".join(A_LINK.findall(html)).replace("&amp;", "&")
        fields = A_NAME.findall(" ".join(A_SEARCH.findall(html)))
        names = {name for name, _ in parse_qsl(links)} | {*fields, "q", "p", "ordering", "id"}
        for value in islice(turn, each):
            yield "GET", f"{url}?{urlencode(dict.fromkeys(names, value))}"
        for name in sorted(names) if fields else ():
            for value in islice(alone, min(each, len(ALONE))):
                yield "GET", f"{url}?{urlencode({name: value})}"


@pytest.mark.parametrize("each", [3, pytest.param(len(IDS), marks=pytest.mark.long)])
def test_no_id_in_an_address_is_a_500(site, admin, each):
    assert not failures(signed_in(admin), every_address_with(IDS, each))


@pytest.mark.parametrize("each", [1, pytest.param(len(QUERIES), marks=pytest.mark.long)])
def test_nor_is_any_value_in_a_query(site, admin, each):
    browser = signed_in(admin)

    assert not failures(browser, every_query_with(browser, QUERIES, each))


NO_VIEW = "Reverse for '{0}' not found. '{0}' is not a valid view function or pattern name."


@pytest.mark.server_errors(500)
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OverflowError("Python int too large to convert to SQLite INTEGER"), 404),
        (DataError("bigint out of range"), 404),
        (ValueError("A string literal cannot contain NUL (0x00) characters."), 404),
        (ValueError("Field 'id' expected a number but got '1e9'."), 404),
        (OverflowError("date value out of range"), 404),
        (ValueError("Field 'id' expected a number but got '7'."), 500),
        (ValueError("no value of theirs"), 500),
        (FieldError("Cannot resolve keyword '1e9' into field. Choices are: id"), 404),
        (FieldError("Cannot resolve keyword 'title' into field. Choices are: id"), 500),
        (ValueError("The page 'A quiet hour' cannot be published."), 500),
        (ValueError("'1e9' is no state of 'A quiet hour'"), 500),
        (ValidationError("“A quiet hour” has too many words."), 500),
        (NoReverseMatch("'title' is not a registered namespace"), 500),
        (NoReverseMatch(NO_VIEW.format("1e9")), 404),
        (NoReverseMatch(NO_VIEW.format("no-view-of-ours")), 500),
        (ValueError("Field 'id' expected a number but got ''."), 500),
        (KeyError("1e9"), 500),
        (TypeError("'1e9'"), 500),
    ],
    ids=str,
)
def test_only_an_error_that_the_request_brought_about_is_no_fault_of_ours(client, post, error, status):
    odd, url = {"a": TWENTY_DIGITS, "b": "a\0b", "c": "1e9", "d": "9999-12-31"}, post.url
    odd |= {"order": "title", "title": "A quiet hour"}
    with connection.execute_wrapper(Failing("SELECT", 1, error)):
        assert client.get(url, odd).status_code == status
    with connection.execute_wrapper(Failing("SELECT", 1, error)):
        assert client.get(url, {"a": "1764192000"}).status_code == 500  # as the hidden timestamp of any form


@pytest.mark.server_errors(500)
def test_an_id_left_empty_is_theirs_and_a_search_left_empty_is_not(client, post):
    error = ValueError("Field 'id' expected a number but got ''.")
    for name, status in (("q", 500), ("status", 500), ("id", 404), ("page_id", 404)):
        with connection.execute_wrapper(Failing("SELECT", 1, error)):
            assert client.get(post.url, {name: ""}).status_code == status


@pytest.mark.server_errors(500)
def test_what_is_there_twice_is_theirs_only_in_the_table_of_their_formset(client, post):
    """Any editor of pages has a formset: a race of ours is no fault of its user."""
    for table, status in (("wagtailcore_workflowtask", 400), ("wagtailcore_page", 500)):
        error = IntegrityError(f"UNIQUE constraint failed: {table}.id")
        with connection.execute_wrapper(Failing("SELECT", 1, error)):
            answer = client.post(post.url, {"workflow_tasks-INITIAL_FORMS": "-1"})
        assert answer.status_code == status


def test_what_django_says_of_a_value_is_understood_in_every_language(settings, client, post):
    settings.LANGUAGE_CODE = "de"
    with pytest.raises(ValidationError) as refused:
        UUIDField().to_python("1e9")
    assert refused.value.messages == ["Wert „1e9“ ist keine gültige UUID."]
    with connection.execute_wrapper(Failing("SELECT", 1, refused.value)):
        assert client.get(post.url, {"id": "1e9"}).status_code == 404


def test_a_program_and_a_form_learn_it_in_their_own_way(client, post):
    error, url = OverflowError("Python int too large to convert to SQLite INTEGER"), post.url
    with connection.execute_wrapper(Failing("SELECT", 1, error)):
        answer = client.get("/api/v1/posts/", {"tag": TWENTY_DIGITS})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    with connection.execute_wrapper(Failing("SELECT", 1, error)):
        assert client.post(url, {"x": TWENTY_DIGITS}).status_code == 400


def test_each_leaves_a_line_in_the_log_without_the_value(client, post, caplog):
    error = ValueError("Field 'id' expected a number but got 'ann@example.org'.")
    with connection.execute_wrapper(Failing("SELECT", 1, error)):
        assert client.get(post.url, {"id": "ann@example.org"}).status_code == 404

    lines = [each.getMessage() for each in caplog.records if each.name == "cms.errors.impossible_values"]
    assert lines == ["ValueError in wagtail_serve: 404"]


def one_paragraph(text: str) -> dict[str, str]:
    place = {"type": "paragraph", "deleted": "", "order": "0", "id": "", "value": text}
    return {"body-count": "1", **{f"body-0-{name}": value for name, value in place.items()}}


NO_BODIES = [
    {},
    {"body-count": "x"},
    {"body-count": ""},
    {"body-count": "-1"},
    {"body-count": "9" * 30},
    {"body-count": "1"},
    one_paragraph("") | {"body-0-type": "nothing"},
    one_paragraph("") | {"body-0-order": ""},
    *map(
        one_paragraph,
        (
            "{", "null", "[]", '"a"', "1e999", '{"blocks": 5}', "[" * 5000,
            '{"blocks": [{"type": "x"}], "entityMap": []}',
            '{"blocks": [{"key": "a", "type": "unstyled", "text": "x", "inlineStyleRanges": [],'
            ' "entityRanges": [{"offset": 0, "length": 1, "key": 7}]}], "entityMap": {}}',
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize("body", NO_BODIES, ids=range(len(NO_BODIES)))
@pytest.mark.parametrize("door", ["add/blog/blogpostpage/{blog}", "{post}/edit", "{post}/edit/preview"])
def test_a_body_that_no_editor_sends_is_no_fault_of_ours(admin, blog, post, door, body):
    url = f"/admin/pages/{door.format(blog=blog.pk, post=post.pk)}/"
    answer = signed_in(admin).post(url, {"title": "A title", "slug": "a-slug", "standfirst": "One.", **body})

    assert answer.status_code in (200, 400)
    assert not Page.objects.filter(slug="a-slug", live=True).exists()

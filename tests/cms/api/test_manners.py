"""What holds for every answer under /api/: what is refused, how, and what a cache may keep."""

import gzip
import json

import pytest

from tests.conftest import visitor, with_token
from tests.factories import CommentFactory, PostFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PROBLEM = "application/problem+json"
JSON = {"content_type": "application/json"}


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nowhere/", "/api/v2/posts/", "/api/v1/posts/1/2/3/", "/api/%00/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_at_no_address_is_a_problem(post, path, method):
    response = visitor().generic(method, path)

    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/api/v1/posts/", 405),
        ("DELETE", "/api/v1/site/", 405),
        ("TRACE", "/api/v1/menus/", 405),
        ("GET", "/api/v1/moderation/comments/", 401),
    ],
)
def test_a_refused_method_or_token_is_a_problem(post, method, path, status):
    response = visitor().generic(method, path)

    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    assert response.json()["status"] == status


def test_broken_json_is_a_problem(post):
    response = visitor().post(f"/api/v1/posts/{post.pk}/comments/", "{", **JSON)

    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("catgory=x", "category"),
        ("Limit=3", "limit"),
        ("page=2", "cursor"),
        ("limit=3&format=json", "cursor"),
    ],
)
def test_a_parameter_that_nobody_reads_is_refused_with_a_hint(post, asked, hint):
    response = visitor().get(f"/api/v1/posts/?{asked}")

    assert (response.status_code, response["Content-Type"]) == (422, PROBLEM)
    (error,) = response.json()["errors"]
    assert error["field"] in asked
    assert hint in error["message"]


def test_a_door_without_parameters_takes_none(post):
    response = visitor().get("/api/v1/site/?x=1")

    assert response.status_code == 422
    assert "none here" in response.json()["errors"][0]["message"]


def test_a_refusal_repeats_nothing_that_could_be_an_address(post):
    response = visitor().get("/api/v1/posts/?ann%40example.org=1&" + "&".join(f"p{n}=1" for n in range(50)))

    assert b"example.org" not in response.content
    assert len(response.json()["errors"]) == 10


@pytest.mark.parametrize(
    "path", ["posts/", "posts/{post}/", "site/", "menus/", "resolve/?path=/", "pages/{post}/"]
)
def test_an_answer_is_sent_again_only_when_it_has_changed(post, path):
    url = f"/api/v1/{path.format(post=post.pk)}"
    first = visitor().get(url)
    again = visitor().get(url, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert visitor().get(url, headers={"if-none-match": '"other"'}).status_code == 200
    assert "Set-Cookie" not in first


def test_a_comment_is_seen_as_soon_as_it_is_approved(post):
    url = f"/api/v1/posts/{post.pk}/comments/"
    before = visitor().get(url)["ETag"]
    CommentFactory(page=post, approved=True)

    after = visitor().get(url, headers={"if-none-match": before})

    assert (after.status_code, after.json()["count"]) == (200, 1)


def test_long_answers_are_compressed_and_still_have_their_tag(blog):
    for _ in range(10):
        PostFactory(parent=blog)
    plain = visitor().get("/api/v1/posts/")
    small = visitor().get("/api/v1/posts/", headers={"accept-encoding": "gzip"})

    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(plain.content) / 2
    assert json.loads(gzip.decompress(small.content)) == plain.json()
    assert "Accept-Encoding" in small["Vary"]
    asked = {"accept-encoding": "gzip", "if-none-match": small["ETag"]}
    assert visitor().get("/api/v1/posts/", headers=asked).status_code == 304


def test_what_depends_on_a_token_is_kept_by_nobody(post, moderator):
    answers = [with_token(moderator).get(path) for path in ("/api/v1/moderation/comments/", "/api/v1/posts/")]

    for answer in answers:
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert "ETag" not in answer


def test_head_and_options_are_answered_wherever_get_is(post):
    head = visitor().head("/api/v1/posts/")
    options = visitor().options("/api/v1/resolve/")

    assert (head.status_code, bool(head["ETag"])) == (200, True)
    assert options["Allow"] == "GET, HEAD, OPTIONS"

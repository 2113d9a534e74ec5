"""The API under /api/v1/, as a front end calls it."""

import json

import pytest
from openapi_spec_validator import validate

from blog.comments.models import ReaderComment, Token
from tests.conftest import visitor
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory, PostFactory

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}


def send(client, url: str, body: object = WORDS, **headers: str):
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def test_the_document_is_valid_and_names_every_path(client):
    document = client.get("/api/v1/openapi.json").json()

    validate(document)
    assert set(document["paths"]) == {
        "/api/v1/authors/",
        "/api/v1/categories/",
        "/api/v1/menus/",
        "/api/v1/pages/{page}/",
        "/api/v1/posts/",
        "/api/v1/preview/",
        "/api/v1/posts/{post}/",
        "/api/v1/resolve/",
        "/api/v1/search/",
        "/api/v1/site/",
        "/api/v1/tags/",
        "/api/v1/posts/{post}/comments/",
        "/api/v1/posts/{post}/comments/{comment_id}/replies/",
        "/api/v1/pages/{page}/comments/",
        "/api/v1/pages/{page}/comments/{comment_id}/replies/",
        "/api/v1/comments/{comment_id}/",
        "/api/v1/comments/{comment_id}/report/",
        "/api/v1/moderation/comments/",
        "/api/v1/moderation/comments/bulk/",
        "/api/v1/moderation/comments/{comment_id}/reply/",
        "/api/v1/moderation/comments/{comment_id}/{action}/",
        "/api/v1/moderation/refusals/",
        "/api/v1/contact/{page}/",
        "/api/v1/contact/{page}/files/",
    }


def test_posts_are_listed_newest_first_and_page_by_cursor(client, blog):
    posts = [PostFactory(parent=blog, date=f"2026-0{month}-01") for month in (1, 2, 3)]
    PostFactory(parent=blog, draft=True)

    first = client.get("/api/v1/posts/?limit=2").json()
    second = client.get("/api/v1/posts/", {"limit": 2, "cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [post.pk for post in reversed(posts)]
    assert second["next"] is None


def test_a_card_has_exactly_these_fields(client, blog):
    PostFactory(parent=blog, author=AuthorFactory(), category=CategoryFactory(), with_picture=True)

    (card,) = client.get("/api/v1/posts/").json()["items"]

    assert set(card) == {
        "id",
        "slug",
        "title",
        "url",
        "path",
        "standfirst",
        "date",
        "updated_at",
        "reading_minutes",
        "author",
        "category",
        "tags",
        "picture",
        "comment_count",
    }
    assert card["picture"]["url"].endswith(".webp")
    assert card["author"]["name"] == "Mara Ellis"


def test_posts_are_found_by_tag_and_category(client, blog):
    category = CategoryFactory(slug="sleep")
    PostFactory(parent=blog, category=category)
    tagged = PostFactory(parent=blog)
    tagged.tags.add("needles")
    tagged.save()

    assert len(client.get("/api/v1/posts/?category=sleep").json()["items"]) == 1
    assert [item["id"] for item in client.get("/api/v1/posts/?tag=needles").json()["items"]] == [tagged.pk]


def test_twenty_posts_with_pictures_cost_a_fixed_number_of_queries(
    client, blog, django_assert_max_num_queries
):
    for _ in range(20):
        PostFactory(
            parent=blog, author=AuthorFactory(), category=CategoryFactory(), with_picture=True
        ).tags.add("x")
    client.get("/api/v1/posts/")

    with django_assert_max_num_queries(8):
        assert len(client.get("/api/v1/posts/").json()["items"]) == 20


def test_one_post_is_found_by_id_and_by_slug_with_blocks_and_html(client, post):
    by_id, by_slug = (client.get(f"/api/v1/posts/{key}/").json() for key in (post.pk, post.slug))

    assert by_id == by_slug
    assert [block["type"] for block in by_id["blocks"]] == ["heading", "paragraph"]
    assert "<h2" in by_id["html"]
    assert by_id["seo"]["title"] == "A quiet hour"


@pytest.mark.parametrize("key", ["no-such-post", "999999", "9" * 40, "a%00b", "-1"])
def test_an_unknown_post_is_a_problem_of_404(client, post, key):
    response = client.get(f"/api/v1/posts/{key}/")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_drafts_and_restricted_posts_are_404(client, blog, post):
    draft = PostFactory(parent=blog, draft=True)
    post.view_restrictions.create(restriction_type="login")

    assert client.get(f"/api/v1/posts/{draft.pk}/").status_code == 404
    assert client.get(f"/api/v1/posts/{post.pk}/").status_code == 404
    assert client.get(f"/api/v1/posts/{post.pk}/comments/").status_code == 404


def test_threads_hold_approved_comments_with_their_replies(client, post):
    top = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, approved=True, reply_to_id=top.pk)
    CommentFactory(page=post)

    answer = client.get(f"/api/v1/posts/{post.slug}/comments/").json()

    assert (answer["count"], answer["next"]) == (2, None)
    (thread,) = answer["items"]
    assert (thread["id"], thread["replies"][0]["id"], thread["replies"][0]["parent"]) == (
        top.pk,
        reply.pk,
        top.pk,
    )
    assert set(thread) == {
        "id",
        "parent",
        "name",
        "text",
        "html",
        "submitted_at",
        "removed",
        "staff",
        "url",
        "replies",
        "more_replies",
        "next_replies",
    }


def test_threads_page_by_cursor(client, post):
    tops = [CommentFactory(page=post, approved=True).pk for _ in range(3)]
    url = f"/api/v1/posts/{post.pk}/comments/"

    first = client.get(url, {"limit": 2}).json()
    second = client.get(url, {"limit": 2, "cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == tops


def test_a_comment_is_accepted_and_held(client, post):
    response = send(client, f"/api/v1/posts/{post.slug}/comments/")

    answer = response.json()
    assert (response.status_code, answer["status"]) == (202, "pending")
    assert answer["token"].startswith("comment_")
    assert ReaderComment.objects.get(pk=answer["id"]).status == "pending"
    assert not response.cookies


def test_a_repeat_with_the_key_gets_the_same_answer_and_a_fresh_token(client, post):
    url = f"/api/v1/posts/{post.slug}/comments/"
    first, again = (send(client, url, **{"Idempotency-Key": "one"}).json() for _ in range(2))

    assert (first["id"], first["status"]) == (again["id"], again["status"])
    assert again["token"] not in (None, first["token"])


def test_repeating_for_ever_fills_no_table(client, post):
    url = f"/api/v1/posts/{post.slug}/comments/"
    answers = [send(client, url, **{"Idempotency-Key": "one"}).json() for _ in range(9)]

    newest = client.get(
        f"/api/v1/comments/{answers[0]['id']}/", headers={"Authorization": f"Bearer {answers[-1]['token']}"}
    )
    assert newest.status_code == 200
    assert Token.objects.count() == 5


def test_a_repeat_without_a_key_gets_no_token(client, post):
    url = f"/api/v1/posts/{post.slug}/comments/"
    first, again = (send(visitor(), url).json() for _ in range(2))

    assert (first["id"], again["token"]) == (again["id"], None)


def test_a_key_with_other_words_is_a_conflict(client, post):
    url = f"/api/v1/posts/{post.slug}/comments/"
    send(client, url, **{"Idempotency-Key": "one"})

    assert send(client, url, {**WORDS, "comment": "Other"}, **{"Idempotency-Key": "one"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name", "email", "comment"}),
        ({**WORDS, "name": ""}, {"name"}),
        ({**WORDS, "email": "ann"}, {"email"}),
        ({**WORDS, "comment": "a\0b"}, {"comment"}),
        ({**WORDS, "comment": "x" * 5001}, {"comment"}),
        ({**WORDS, "comment": 7}, {"comment"}),
        ({**WORDS, "comment": "\ud800"}, {"comment"}),
        ({**WORDS, "reply_to": 999999}, {"reply_to"}),
        ({**WORDS, "reply_to": 10**30}, {"reply_to"}),
        ({**WORDS, "reply_to": -1}, {"reply_to"}),
        ({**WORDS, "reply_to": "x"}, {"reply_to"}),
        ([], {"name", "email", "comment"}),
    ],
)
def test_bad_input_names_every_field_and_echoes_no_value(client, post, body, fields):
    response = send(client, f"/api/v1/posts/{post.slug}/comments/", body)

    problem = response.json()
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert {error["field"] for error in problem["errors"]} == fields
    assert "ann@example.org" not in response.content.decode()
    assert not ReaderComment.objects.exists()


def test_a_body_that_is_no_json_is_a_problem(client, post):
    response = client.post(f"/api/v1/posts/{post.slug}/comments/", "{", content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_a_reply_to_another_pages_comment_is_refused(client, post):
    elsewhere = CommentFactory(approved=True)

    response = send(client, f"/api/v1/posts/{post.slug}/comments/", {**WORDS, "reply_to": elsewhere.pk})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 202),
        ({}, 202),
    ],
)
def test_a_browser_must_come_from_the_site(client, post, headers, status):
    assert send(client, f"/api/v1/posts/{post.slug}/comments/", **headers).status_code == status


def test_a_named_front_end_may_post(client, post, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://front.example"]
    response = send(client, f"/api/v1/posts/{post.slug}/comments/", Origin="https://front.example")

    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (202, "https://front.example")


def test_a_plain_form_cannot_post_to_the_api(client, post):
    response = client.post(
        f"/api/v1/posts/{post.slug}/comments/", json.dumps(WORDS), content_type="text/plain"
    )

    assert response.status_code == 403


def test_a_closed_post_says_so(client, blog):
    post = PostFactory(parent=blog, closed=True)

    response = send(client, f"/api/v1/posts/{post.slug}/comments/")

    assert response.status_code == 403
    assert "closed" in response.json()["detail"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=abc", "cursor=eHx5"]
)
def test_a_malformed_parameter_is_a_problem_of_422(client, post, query):
    for url in ("/api/v1/posts/", f"/api/v1/posts/{post.pk}/comments/"):
        response = client.get(f"{url}?{query}")
        assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")

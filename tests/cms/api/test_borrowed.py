"""Wagtail's own APIs, as a program that was written for them finds them here."""

import json
from urllib.parse import urlencode

import pytest
from wagtail.api.v3.form_data import build_page_update_form
from wagtail.api.v3.registry import registry
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.api import borrowed
from tests import crawl
from tests.conftest import visitor, with_token
from tests.factories import CommentFactory, PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db
V2 = "/api/wagtail/v2/pages/"
V3 = "/api/wagtail/v3-preview/"
NUL, HUGE = "a\0b", "9" * 20
NAMES = (
    *(
        "id",
        "limit",
        "offset",
        "order",
        "search",
        "search_operator",
        "fields",
        "type",
        "child_of",
        "ancestor_of",
    ),
    *(
        "descendant_of",
        "translation_of",
        "locale",
        "title",
        "first_published_at",
        "html_path",
        "site",
        "format",
    ),
)
VALUES = ("", "-1", NUL, HUGE, "'\"", "é" * 600, "a(" * 200, "blog.BlogPostPage")
ODD = [{name: value} for name in NAMES for value in VALUES]


def listed(**asked: object) -> list[dict]:
    answer = visitor().get(V2, asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def titles(**asked: object) -> set[str]:
    return {item["title"] for item in listed(**asked)}


def test_v2_lists_searches_filters_and_finds_pages(client, blog, post):
    other = PostFactory(parent=blog, title="Needles", slug="needles")

    assert titles(type="blog.BlogPostPage") == {"A quiet hour", "Needles"}
    assert titles(child_of=blog.pk, order="-title", limit=1) == {"Needles"}
    assert titles(search="needles") == titles(search="needles", type="blog.BlogPostPage") == {"Needles"}
    assert titles(slug="needles", fields="seo_title,-slug") == {"Needles"}
    found = client.get(f"{V2}find/", {"html_path": other.url})
    assert found["Location"].rstrip("?").endswith(f"{V2}{other.pk}/")


def test_a_page_of_v2_has_its_body_as_our_own_api_gives_it(client, post):
    ours = client.get(f"/api/v1/posts/{post.pk}/").json()
    theirs = client.get(f"{V2}{post.pk}/").json()

    assert ours["blocks"]
    assert theirs["blocks"] == ours["blocks"]
    assert theirs["title"] == post.title
    assert theirs["meta"]["html_url"] == ours["url"]
    assert theirs["meta"]["parent"]["title"] == post.get_parent().title
    assert set(theirs["meta"]) == {
        *("type", "detail_url", "html_url", "slug"),
        *("seo_title", "search_description", "first_published_at", "parent"),
    }


@pytest.mark.parametrize("hidden", ["draft", "private", "alias of a private one"])
def test_v2_shows_no_page_that_is_not_public(client, home, blog, post, hidden):
    CommentFactory(page=post, approved=True)
    shown = post
    if hidden == "draft":
        post.unpublish()
    else:
        post.view_restrictions.create(restriction_type="login")
    if hidden.startswith("alias"):
        shown = post.create_alias(parent=home, update_slug="twin")

    assert post.title not in titles()
    assert post.title not in titles(search="quiet")
    assert titles(slug=shown.slug) == set()
    assert client.get(f"{V2}{shown.pk}/").status_code == 404
    assert client.get(f"{V2}find/", {"html_path": shown.url or "/blog/a-quiet-hour/"}).status_code == 404
    assert client.get(V2, {"child_of": shown.pk}).status_code == 400


def test_v2_has_neither_pictures_nor_documents(client, post):
    assert get_image_model().objects.exists() or post.hero is None
    for name in ("images", "documents"):
        answer = client.get(f"/api/wagtail/v2/{name}/")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_nobody_logs_in_by_a_password_in_a_header(client, editor, post):
    answer = visitor(authorization="Basic ZWRpdG9yOnBhc3N3b3Jk").get(V2)

    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("place", ["", "find/", f"{HUGE}/"])
def test_odd_values_are_refused_and_break_nothing(client, post, place):
    for asked in ODD:
        answer = client.get(f"{V2}{place}?{urlencode(asked)}")
        assert answer.status_code < 500, asked
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", asked
            assert len(answer.content) < 1000


@pytest.mark.parametrize(
    "query",
    [
        "limit=21",
        "offset=-1",
        "offset=10001",
        "unknown=1",
        "site=localhost",
        "type=auth.User",
        "fields=owner",
        "order=x",
    ],
)
def test_what_v2_does_not_offer_is_a_problem(client, post, query):
    answer = client.get(f"{V2}?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]


def test_v2_keeps_the_manners_of_the_api(client, post):
    answer = client.get(V2)

    assert answer["Cache-Control"] == "public, no-cache"
    assert visitor(**{"if-none-match": answer["ETag"]}).get(V2).status_code == 304
    assert client.head(V2).status_code == 200
    assert client.options(V2)["Allow"] == "GET, HEAD, OPTIONS"
    assert client.post(V2, "{}", content_type="application/json").status_code == 405


def test_a_list_of_v2_costs_the_same_however_long_it_is(client, blog, django_assert_max_num_queries):
    for _ in range(20):
        PostFactory(parent=blog)
    client.get(V2)

    with django_assert_max_num_queries(8):
        assert len(client.get(V2, {"fields": "*"}).json()["items"]) == 20


def test_searches_of_v2_are_counted(client, post, monkeypatch):
    monkeypatch.setattr(borrowed, "MOST_SEARCHES_A_MINUTE", 3)
    answers = [client.get(V2, {"search": "quiet"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"]


def v3_urls() -> list[str]:
    return [url for url in crawl.every_url() if url.startswith(V3)]


def test_v3_is_off(admin, post):
    program = with_token(admin)

    assert len(v3_urls()) > 8
    for url in v3_urls():
        assert program.get(url).status_code == 404, url
        assert visitor().post(url, "{}", content_type="application/json").status_code in (404, 405), url


def test_v3_is_for_the_tokens_of_editors(settings, editor, post):
    settings.AUTHORING_API = True

    for url in v3_urls():
        assert visitor().get(url).status_code == 401, url
        assert visitor().post(url, "{}", content_type="application/json").status_code == 401, url
    assert visitor(authorization="Bearer wagtail_none").get(f"{V3}pages/").status_code == 401


def test_v3_reads_and_does_not_write(settings, editor, post):
    settings.AUTHORING_API = True
    program = with_token(editor)
    post.title = "Another hour"
    post.save_revision()
    url = f"{V3}pages/{post.pk}/"

    page = program.get(url, {"version": "draft"})
    assert page.json()["title"] == "Another hour"
    assert page["Cache-Control"] == "private, no-store"
    for write in (program.patch, program.post, program.put, program.delete):
        assert write(url, "{}", content_type="application/json").status_code == 405
        assert write(f"{V3}pages/", "{}", content_type="application/json").status_code == 405


def test_no_type_of_page_is_written_by_v3(settings, admin, post, contact):
    settings.AUTHORING_API = True
    program, body = with_token(admin), json.dumps({"title": "Another", "meta": {"action": "publish"}})

    for page in (post, contact, StandardPageFactory(), post.get_parent(), post.get_parent().get_parent()):
        answer = program.patch(f"{V3}pages/{page.pk}/", body, content_type="application/json")
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
        for act in ("publish", "unpublish", "delete", "move"):
            url = f"{V3}pages/{page.pk}/actions/{act}/"
            assert program.post(url, "{}", content_type="application/json").status_code == 405
    assert not Page.objects.filter(title="Another").exists()


def test_wagtails_form_still_fails_for_who_may_not_set_every_field(editor, post):
    """When this fails, v3 may write (`borrowed`)."""
    schema = registry.get("blog.BlogPostPage").patch_schema
    sent = schema(title="Another", meta={"type": "blog.BlogPostPage"})

    with pytest.raises(KeyError, match="comment"):
        build_page_update_form(post, sent, editor)


def test_odd_values_are_no_faults_of_v3(settings, editor, post):
    settings.AUTHORING_API = True
    program = with_token(editor)

    for asked in ODD:
        assert program.get(f"{V3}pages/?{urlencode(asked)}").status_code < 500, asked
    for number in (HUGE, "0", "-1"):
        assert program.get(f"{V3}pages/{number}/").status_code in (400, 404, 422)

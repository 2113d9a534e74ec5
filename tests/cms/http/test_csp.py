"""What a page may load, and who may frame it."""

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from wagtail.documents import get_document_model
from wagtail_factories import ImageFactory

from cms.http import csp

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def policy(answer) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (part.partition(" ") for part in parts)}


def test_a_public_page_loads_nothing_that_is_not_ours(client, post):
    found = policy(client.get(post.url))
    assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'"
    assert "unsafe-inline" not in str(found)


def test_a_string_becomes_no_part_of_a_page_where_only_our_script_runs(client, post, as_moderator):
    assert policy(client.get(post.url))["require-trusted-types-for"] == "'script'"
    assert policy(client.get(post.url))["trusted-types"] == "'none'"
    for answer in (as_moderator.get(post.url), client.get("/admin/login/"), client.get("/api/v1/docs")):
        assert "trusted-types" not in str(policy(answer))


def test_the_log_in_runs_no_inline_script(client):
    assert "unsafe" not in client.get("/admin/login/")["Content-Security-Policy"]


def test_a_foreign_host_is_refused_with_the_same_policy(client, post):
    answer = client.get(post.url, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert policy(answer)["default-src"] == "'none'"


def test_the_admin_may_frame_itself_and_run_what_wagtail_writes_inline(client, editor):
    client.force_login(editor)
    found = policy(client.get("/admin/"))
    assert found["frame-ancestors"] == "'self'"
    assert "'unsafe-inline'" in found["script-src"]
    assert found["script-src-attr"] == found["default-src"] == found["base-uri"] == "'none'"


def test_a_preview_has_the_policy_of_the_page_but_the_editor_may_frame_it(rf, post):
    answer = post.make_preview_request(rf.get("/", headers={"host": "localhost"}))
    found = policy(answer)
    assert found["frame-ancestors"] == "'self'"
    assert found["script-src"] == "'self'"


def test_a_preview_without_a_cookie_runs_wagtails_scripts_too(rf, post):
    """A headless one: it is asked for by a token, and shows Wagtail's checks beside the page."""
    request = rf.get("/", headers={"host": "localhost"})
    assert not request.COOKIES

    assert "trusted-types" not in str(policy(post.make_preview_request(request)))


@pytest.mark.parametrize("name", ["leaflet.pdf", "leaflet.txt", "leaflet.zip"])
def test_a_document_runs_and_loads_nothing_and_is_framed_by_nobody(client, name):
    document = get_document_model().objects.create(title="A leaflet", file=ContentFile(b"Words", name=name))
    answer = client.get(document.url)

    assert answer.status_code == 200
    assert policy(answer) == dict.fromkeys(
        ("default-src", "object-src", "base-uri", "frame-ancestors"), "'none'"
    )


def test_no_answer_of_any_kind_takes_objects_another_base_or_a_frame(client, post, contact, settings):
    settings.WHITENOISE_USE_FINDERS = True  # no static file is collected in a test run
    picture = ImageFactory(file__width=40, file__height=40).get_rendition("width-20").url
    pages = [post.url, contact.url, "/search/?q=a", f"{post.get_parent().url}feed/", "/sitemap.xml"]
    plain = ["/robots.txt", "/healthz", "/static/css/site.css", "/static/js/site.js", picture]
    programs = ["/api/v1/posts/", "/api/v1/posts/0/", "/api/v1/docs", "/api/v1/openapi.json"]
    doors = ["/admin/login/", "/admin/", "/no-such-page/", "/documents/1/none.pdf", "/media/images/none.png"]
    answers = {path: client.get(path) for path in [*pages, *plain, *programs, *doors]}
    answers["of another site"] = client.post(post.url, {}, headers={"origin": "https://evil.example"})
    answers["no such method"] = client.put("/search/")
    answers["of another host"] = client.get(post.url, headers={"host": "evil.example"})

    assert sorted({answer.status_code for answer in answers.values()}) == [200, 302, 400, 403, 404, 405]
    basics = {path: [policy(answer).get(name) for name in csp.BASICS] for path, answer in answers.items()}
    framed = {path for path, found in basics.items() if found == ["'none'", "'none'", "'self'"]}
    assert framed == {"/admin/"}
    assert {path: found for path, found in basics.items() if found != 3 * ["'none'"]}.keys() == framed


def test_a_policy_of_a_view_keeps_what_it_says(rf):
    response = HttpResponse(headers={"Content-Security-Policy": "img-src 'self'; frame-ancestors 'self';"})
    answer = csp.dress(rf.get("/"), response)

    assert policy(answer) == {
        "img-src": "'self'",
        "frame-ancestors": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
    }

"""What a page may load, and who may frame it."""

import pytest

pytestmark = pytest.mark.django_db


def policy(answer) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (part.partition(" ") for part in parts)}


def test_a_public_page_loads_nothing_that_is_not_ours(client, post):
    found = policy(client.get(post.url))
    assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'"
    assert "unsafe-inline" not in str(found)


def test_a_foreign_host_is_refused_with_the_same_policy(client, post):
    answer = client.get(post.url, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert policy(answer)["default-src"] == "'none'"


def test_the_admin_may_frame_itself_and_run_what_wagtail_writes_inline(client, editor):
    client.force_login(editor)
    found = policy(client.get("/admin/"))
    assert found["frame-ancestors"] == "'self'"
    assert "'unsafe-inline'" in found["script-src"]


def test_a_preview_has_the_policy_of_the_page_but_the_editor_may_frame_it(rf, post):
    answer = post.make_preview_request(rf.get("/", headers={"host": "localhost"}))
    found = policy(answer)
    assert found["frame-ancestors"] == "'self'"
    assert found["script-src"] == "'self'"

"""The editor's preview in a front end: the token it is sent, and what the API gives for one."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.models import FormState
from wagtail.models import GroupPagePermission, PageViewRestriction, Site

from blog.models import BlogPostPage
from cms.previews import drafts, tokens
from cms.previews.models import PreviewSettings
from tests import crawl
from tests.cms.previews.conftest import FRONT_END
from tests.conftest import signed_in, visitor
from tests.editor import Editor, fields
from tests.factories import CommentFactory, PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


def token_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def read(token: str, **headers: str):
    return visitor(**headers).get("/api/v1/preview/", {"token": token})


def shown(answer) -> dict:
    """Return the draft that a redirect to the front end leads to."""
    assert answer.status_code == 302, answer.status_code
    assert answer["Location"].startswith(f"{FRONT_END}?token=")
    draft = read(token_in(answer["Location"]))
    assert draft.status_code == 200, draft.content
    return draft.json()


# --- What is previewed ---


def test_a_form_that_is_not_saved_is_read_as_it_stands(as_editor, post, front_end):
    editor = Editor(as_editor, post)

    draft = shown(editor.preview({**editor.open(), "title": "Still being written", "body-count": "0"}))

    assert draft["title"] == "Still being written"
    assert draft["id"] == post.pk
    assert BlogPostPage.objects.get().title == "A quiet hour"


def test_what_is_typed_next_is_read_by_the_same_token(as_editor, post, front_end):
    editor = Editor(as_editor, post)
    form = {**editor.open(), "body-count": "0"}
    token = token_in(editor.preview({**form, "title": "First"})["Location"])

    editor.preview({**form, "title": "Second"})

    assert read(token).json()["title"] == "Second"


def test_a_page_that_was_never_saved_is_read(as_editor, blog, front_end):
    url = f"/admin/pages/add/blog/blogpostpage/{blog.pk}/"
    form = fields(as_editor.get(url).content.decode())
    sent = {**form, "title": "New here", "slug": "new-here", "standfirst": "In short.", "body-count": "0"}
    posted = as_editor.post(f"{url}preview/", sent)
    assert posted.json() == {"is_valid": True, "is_available": True}

    draft = shown(as_editor.get(f"{url}preview/?mode="))

    assert (draft["id"], draft["title"], draft["path"]) == (drafts.NOT_SAVED, "New here", "/blog/new-here/")
    assert draft["comment_count"] == 0
    assert not BlogPostPage.objects.exists()


@pytest.mark.parametrize("kind", ["blog.BlogIndexPage", "home.StandardPage", "home.ContactPage"])
def test_a_new_page_of_another_type_is_read(as_editor, home, front_end, kind):
    app, model = kind.lower().split(".")
    url = f"/admin/pages/add/{app}/{model}/{home.pk}/"
    form = fields(as_editor.get(url).content.decode())
    counts = {f"{name}-count": "0" for name in ("body", "subjects", "questions")}
    posted = as_editor.post(f"{url}preview/", {**form, **counts, "title": "New here", "slug": "new-here"})
    assert posted.json()["is_valid"]

    assert shown(as_editor.get(f"{url}preview/?mode="))["path"] == "/new-here/"


def test_a_draft_has_the_form_of_what_is_published(as_editor, front_end, post, contact):
    CommentFactory(page=post, approved=True)
    for page in (post, contact, StandardPageFactory(), post.get_parent(), post.get_parent().get_parent()):
        draft = shown(as_editor.get(f"/admin/pages/{page.pk}/view_draft/"))
        assert draft == visitor().get(f"/api/v1/pages/id:{page.pk}/").json()


def test_the_latest_draft_is_read(as_editor, draft, front_end):
    assert shown(as_editor.get(f"/admin/pages/{draft.pk}/view_draft/"))["title"] == "A loud hour"
    assert visitor().get(f"/api/v1/posts/{draft.pk}/").json()["title"] == "A quiet hour"


def test_a_revision_is_read_as_it_was(as_editor, draft, front_end):
    first = draft.revisions.order_by("pk").first()

    answer = as_editor.get(f"/admin/pages/{draft.pk}/revisions/{first.pk}/view/")

    assert shown(answer)["title"] == "A quiet hour"


def test_a_page_in_no_site_is_a_404(as_editor, home, editor, front_end):
    """A front end cannot be told its address; our own preview can."""
    elsewhere = home.get_parent().add_child(instance=type(home)(title="Elsewhere", slug="elsewhere"))
    GroupPagePermission.objects.create(group=editor.groups.get(), page=elsewhere, permission_type="change")
    token = tokens.sign(tokens.Shown("page", elsewhere.pk, editor.pk))

    assert read(token).status_code == 404


# --- Where it is shown ---


def test_without_a_front_end_the_site_shows_its_own_page(as_editor, draft):
    answer = as_editor.get(f"/admin/pages/{draft.pk}/view_draft/")

    assert answer.status_code == 200
    assert "A loud hour" in answer.content.decode()


def test_the_panel_frames_the_front_end_and_nothing_else(as_editor, post, front_end):
    editor = Editor(as_editor, post)
    editor.preview({**editor.open(), "body-count": "0"})

    answer = as_editor.get(f"{editor.url}preview/?mode=&in_preview_panel=true")

    assert f'src="{FRONT_END}?token=preview_' in answer.content.decode()
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["frame-src"] == "https://front.example"
    assert policy["frame-ancestors"] == "'self'"
    assert "script-src" not in policy
    assert policy["default-src"] == "'none'"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Cache-Control"].startswith("private, no-store")
    assert answer["Referrer-Policy"] == "no-referrer"


def test_the_editor_itself_frames_no_other_site(as_editor, post, front_end):
    policy = as_editor.get(Editor(as_editor, post).url)["Content-Security-Policy"]

    assert "frame-src 'self';" in policy
    assert "front.example" not in policy


@pytest.mark.parametrize("page", ["edit", "add"])
def test_wagtails_checks_are_offered_where_they_can_find_something(as_editor, post, page):
    """In a page of our own, that is: of a front end they would say that nothing is wrong."""
    add = f"/admin/pages/add/blog/blogpostpage/{post.get_parent().pk}/"
    url = {"edit": Editor(as_editor, post).url, "add": add}[page]
    offered = 'data-side-panel="checks"'
    assert offered in as_editor.get(url).content.decode()

    PreviewSettings.objects.create(site=Site.objects.get(), front_end=FRONT_END)

    assert offered not in as_editor.get(url).content.decode()


def test_a_form_that_was_never_sent_shows_wagtails_own_words(as_editor, post, front_end):
    answer = as_editor.get(f"{Editor(as_editor, post).url}preview/?mode=&in_preview_panel=true")

    assert "Click save to highlight" in answer.content.decode()


# --- Who may read ---

NOT_FOUND = {"title": "Not Found", "status": 404, "detail": "There is nothing public here."}


def refusal(answer) -> dict:
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-store"
    return {name: answer.json()[name] for name in NOT_FOUND}


@pytest.fixture
def token(as_editor, draft, front_end) -> str:
    return token_in(as_editor.get(f"/admin/pages/{draft.pk}/view_draft/")["Location"])


def test_an_answer_to_a_token_is_kept_by_nobody(token):
    answer = read(token)

    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer
    assert not answer.cookies


def test_a_wrong_a_cut_and_an_ended_token_are_refused_alike(token):
    with time_machine.travel(timezone.now() + tokens.LIFE + timedelta(seconds=1), tick=False):
        ended = refusal(read(token))
    forged = tokens.PREFIX + signing.dumps(["page", 1, 1], salt="another")
    wrong = ["", "x", token[:-1], token.replace("preview_", "draft_"), forged, "\0", "x" * 5000, "preview_:"]

    assert [refusal(read(each)) for each in wrong] == [NOT_FOUND] * len(wrong)
    assert ended == NOT_FOUND


def test_no_token_at_all_is_a_422():
    assert visitor().get("/api/v1/preview/").status_code == 422


def test_what_a_token_is_for_is_not_taken_from_the_query(token, draft):
    assert visitor().get("/api/v1/preview/", {"token": token, "page": 1}).status_code == 422


def test_a_token_ends_with_its_makers_right_to_edit(token, editor):
    assert read(token).status_code == 200

    editor.groups.clear()

    assert refusal(read(token)) == NOT_FOUND


def test_a_token_ends_with_its_makers_account(token, editor):
    editor.is_active = False
    editor.save()

    assert refusal(read(token)) == NOT_FOUND


@pytest.fixture
def token_of_form(as_editor, post, front_end) -> str:
    form = Editor(as_editor, post)
    return token_in(form.preview({**form.open(), "body-count": "0"})["Location"])


def test_a_token_of_a_form_ends_with_its_makers_right_to_edit(token_of_form, editor):
    assert read(token_of_form).status_code == 200

    editor.groups.clear()

    assert refusal(read(token_of_form)) == NOT_FOUND


def test_a_token_of_a_form_ends_with_the_form(token_of_form, as_editor, post):
    assert as_editor.delete(f"{Editor(as_editor, post).url}preview/").status_code == 200

    assert refusal(read(token_of_form)) == NOT_FOUND


def test_a_form_of_somebody_else_is_not_read(post, editor, admin):
    kind = ContentType.objects.get_for_model(post)
    state = FormState.objects.create(
        user=admin, content_type=kind, object_id=post.pk, data="title=x", last_updated_at=timezone.now()
    )

    assert refusal(read(tokens.sign(tokens.Shown("form", state.pk, editor.pk)))) == NOT_FOUND


def test_those_without_the_right_get_no_token(moderator, draft, front_end):
    answer = signed_in(moderator).get(f"/admin/pages/{draft.pk}/view_draft/")

    assert "token" not in answer.get("Location", "")


def test_reading_a_draft_writes_nothing(as_editor, blog, front_end, token):
    url = f"/admin/pages/add/blog/blogpostpage/{blog.pk}/"
    form = fields(as_editor.get(url).content.decode())
    as_editor.post(
        f"{url}preview/", {**form, "title": "New", "slug": "new", "standfirst": "S", "body-count": "0"}
    )
    new = token_in(as_editor.get(f"{url}preview/?mode=")["Location"])
    before = crawl.contents()

    assert {read(token).status_code, read(new).status_code} == {200}
    assert crawl.contents() == before


def test_pages_behind_a_log_in_are_previewed_by_their_editors(token, draft):
    PageViewRestriction.objects.create(page=draft, restriction_type="login")

    assert visitor().get(f"/api/v1/posts/{draft.pk}/").status_code == 404
    assert read(token).json()["title"] == "A loud hour"


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_drawn_for_the_front_end_when_the_form_is_sent(as_editor, blog, front_end):
    post = PostFactory(parent=blog, with_picture=True, drawn=False)
    editor = Editor(as_editor, post)

    draft = shown(editor.preview({**editor.open(), "body-count": "0"}))

    assert draft["picture"]["url"]


# --- The setting ---


@pytest.mark.parametrize(
    "url",
    [
        "https://front.example/preview",
        "https://front.example:8443",
        "https://front.example/preview?site=2",
        "http://localhost:4321/preview",
        "http://127.0.0.1:4321/preview",
    ],
)
def test_the_address_of_a_front_end_is_taken(url):
    PreviewSettings(front_end=url).clean_fields(exclude=["site"])


@pytest.mark.parametrize(
    "url",
    [
        "http://front.example/preview",
        "javascript:alert(1)",
        "//front.example/preview",
        "front.example/preview",
        "https://",
        "https:///preview",
        "https://ann:secret@front.example/preview",
        "https://ann@front.example/preview",
        "https://front.example/preview#here",
        "https://front.example/preview?token=x",
        "https://front.example/preview?token",
        "https://front.example:0/",
        "https://front.example:99999/",
        "https://front.example;script-src *",
        "https://front.example /",
        "https://*.example/",
        "https://[::1]/preview",
        "https://[front.example/",
        "https://fr\u00f6nt.example/",
        "http://localhost.evil.example/",
    ],
)
def test_anything_else_is_refused(url):
    with pytest.raises(ValidationError):
        PreviewSettings(front_end=url).clean_fields(exclude=["site"])

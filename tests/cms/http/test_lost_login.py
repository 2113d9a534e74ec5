"""A log-in that ends while an editor writes: they are told, and no word is lost."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from cms.sessions.models import Session
from tests.editor import Editor, paragraph, stream
from tests.factories import PASSWORD

pytestmark = [pytest.mark.once, pytest.mark.django_db]

ORIGIN = "http://localhost"
TRICKY = 'Words & "quotes" <b>\nand a line'


@pytest.fixture
def browser(admin):
    """A browser: it sends where a form comes from, and every refusal reaches it."""
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost", "origin": ORIGIN})
    log_in(browser)
    return browser


def log_in(browser: Client) -> None:
    page = browser.get("/admin/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', page)[1]
    form = {"csrfmiddlewaretoken": token, "username": "admin", "password": PASSWORD, "next": "/admin/"}
    assert browser.post("/admin/login/", form).status_code == 302


def log_in_again(browser: Client) -> None:
    log_out(browser, "session deleted")
    log_in(browser)


def log_out(browser: Client, how: str) -> None:
    if how == "session deleted":
        Session.objects.all().delete()
    elif how == "cookie gone":
        del browser.cookies["sessionid"]
    else:
        browser.cookies.clear()


def written(editor: Editor, words: str = TRICKY) -> dict[str, str]:
    blocks = [("quote", {"text": words, "who": "", "source_url": ""}), ("paragraph", paragraph(words))]
    return editor.open() | stream(blocks) | {"title": "A new title", "standfirst": "One sentence."}


def send_again(browser: Client, answer) -> object:
    """Press the button of the page that kept the words."""
    form = BeautifulSoup(answer.content.decode(), "html.parser").find("form")
    sent = {each["name"]: each["value"] for each in form.find_all("input")}
    return browser.post(form["action"], sent)


@pytest.mark.parametrize("how", ["session deleted", "cookie gone", "all cookies gone"])
@pytest.mark.parametrize("button", ["save", "publish"])
def test_a_form_sent_after_the_log_in_has_ended_is_kept_and_sent_again(browser, post, how, button):
    editor = Editor(browser, post)
    form = written(editor)
    log_out(browser, how)

    told = getattr(editor, button)(form)
    assert told.status_code == 403
    assert "You are signed out, and nothing was saved." in told.content.decode()
    log_in(browser)
    again = send_again(browser, told)
    assert "You signed in again" in again.content.decode()
    saved = send_again(browser, again)

    assert saved.status_code == 302
    revision = post.revisions.get()
    assert revision.content["title"] == "A new title"
    assert revision.as_object().body[0].value["text"].replace("\r\n", "\n") == TRICKY
    post.refresh_from_db()
    assert (post.title == "A new title") == (button == "publish")


def test_a_form_that_was_open_while_its_editor_logged_in_again_is_kept(browser, post):
    editor = Editor(browser, post)
    form = written(editor)
    log_in_again(browser)

    told = editor.publish(form)

    assert (told.status_code, "You signed in again" in told.content.decode()) == (403, True)
    assert send_again(browser, told).status_code == 302
    assert post.revisions.get().content["title"] == "A new title"


@pytest.mark.parametrize("how", ["session deleted", "cookie gone", "all cookies gone", "logged in again"])
def test_autosave_says_so_in_words_that_the_editor_shows(browser, post, how):
    editor = Editor(browser, post)
    form = written(editor)
    log_in_again(browser) if how == "logged in again" else log_out(browser, how)

    answer = editor.autosave(form)

    assert answer.status_code == 403
    assert answer.json()["error_code"] == "locked"
    assert "nothing was saved. Your words are still here." in answer.json()["error_message"]
    assert not post.revisions.exists()


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("/admin/snippets/blog/category/add/", {"name": "Kept words", "slug": "kept"}),
        ("/admin/pages/add/blog/blogpostpage/{blog}/", {"title": "Kept words", "slug": "kept"}),
        ("/admin/comments/1/", {"note": "Kept words"}),
        ("/admin/redirects/add/", {"old_path": "/kept words/", "tags": ["Kept words", "two"]}),
    ],
)
def test_every_form_of_the_admin_keeps_its_words(client, blog, url, form):
    answer = client.post(url.format(blog=blog.pk), form, headers={"origin": ORIGIN})

    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "kept words" in shown.lower()
    assert shown.count('type="hidden"') == 1 + sum(
        len(v) if isinstance(v, list) else 1 for v in form.values()
    )


def test_another_site_gets_no_page_that_would_send_its_form(browser, client, post):
    form, url = written(Editor(browser, post)), f"/admin/pages/{post.pk}/edit/"
    log_in_again(browser)  # the form's token is stale
    for foreign in ("https://evil.example", "null"):
        for sender in (browser, client):
            answer = sender.post(url, form, headers={"origin": foreign})
            assert (answer.status_code, b"Send again" in answer.content) == (403, False)
    for headers in ({"sec-fetch-site": "cross-site"}, {}):
        assert b"Send again" not in client.post(url, form, headers=headers).content


@pytest.mark.parametrize(
    ("headers", "secure"),
    [
        ({"origin": "http://localhost"}, True),  # the same host without TLS
        ({"origin": "https://localhost"}, False),
        ({"origin": "http://localhost:8080"}, False),
        ({"origin": "http://LOCALHOST.example"}, False),
        ({"origin": "https://reader.example"}, True),  # a front end that may read the API
        ({"origin": ""}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_only_our_own_origin_gets_a_page_that_sends_a_form_again(browser, client, settings, headers, secure):
    settings.CORS_ALLOWED_ORIGINS = ["https://reader.example"]
    browser.defaults.pop("HTTP_ORIGIN")
    for sender in (browser, client):
        answer = sender.post(
            "/admin/users/add/",
            {"username": "mallory", "is_superuser": "on"},
            headers={"host": "localhost", **headers},
            secure=secure,
        )
        assert b"Send again" not in answer.content
        assert b"mallory" not in answer.content


def test_a_browser_that_names_no_origin_says_that_the_page_is_ours(client, home):
    headers = {"sec-fetch-site": "same-origin"}
    answer = client.post("/admin/users/add/", {"username": "new"}, headers=headers)

    assert b"Send again" in answer.content


def test_the_page_says_which_form_it_sends(client, home):
    answer = client.post("/admin/users/add/", {"username": "new"}, headers={"origin": ORIGIN})

    assert "<code>/admin/users/add/</code>" in answer.content.decode()


@pytest.mark.parametrize("form", [{f"field-{n}": "x" for n in range(9_900)}, {"title": '"' * 1_000_001}])
def test_a_form_too_long_to_be_sent_back_is_not_shown(client, home, form):
    answer = client.post("/admin/pages/1/edit/", form, headers={"origin": ORIGIN})

    assert answer.status_code == 403
    assert len(answer.content) < 20_000
    assert "Go back in your browser and copy your words" in answer.content.decode()


def test_a_long_post_is_still_kept(client, home):
    form = {f"body-{n}-value": "Kept words" for n in range(3_500)}
    answer = client.post("/admin/pages/1/edit/", form, headers={"origin": ORIGIN})

    assert answer.content.decode().count("Kept words") == 3_500


def test_a_password_is_never_sent_back(client, home):
    form = {"username": "new", "password1": "the secret", "password2": "the secret"}
    answer = client.post("/admin/users/add/", form, headers={"origin": ORIGIN})

    assert (answer.status_code, b"the secret" in answer.content) == (403, False)


@pytest.mark.parametrize("door", ["/admin/login/", "/admin/password_reset/"])
def test_what_is_typed_before_the_log_in_is_not_shown_again(client, home, door):
    """Many a password is typed where the name belongs."""
    typed = {"username": "kq7 the secret", "email": "kq7@secret.example"}
    answer = client.post(door, typed, headers={"origin": ORIGIN})

    assert (answer.status_code, b"kq7" in answer.content) == (403, False)


def test_logging_in_out_and_forgetting_a_password_are_as_they_were(browser):
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/admin/pages/1/edit/").status_code in (302, 403)
    page = browser.get("/admin/account/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', page)[1]
    assert browser.post("/admin/logout/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert browser.post("/admin/login/", {"username": "admin"}).status_code == 403
    assert browser.get("/admin/").url.startswith("/admin/login/")

"""Bad input at every door where words come in: a 4xx that says what is wrong, words kept, never a 5xx."""

import json
import re
from html import unescape

import pytest

from blog.comments.models import ReaderComment, Report
from home.contact.models import ContactMessage
from tests.blog.comments.posting.test_life import form_on
from tests.conftest import visitor
from tests.factories import CommentFactory, PostFactory

pytestmark = pytest.mark.django_db

NUMBERS = [2**63 - 1, 2**63, 2**64, 10**18, 10**19, 10**400]
WORDS = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}
MESSAGE = {"name": "Ben", "email": "ben@example.org", "message": "Do you open on Saturdays?"}
UNSEEN = "\u202e\u200b\u200f\u2066\ufeff\u00ad"


def post_json(url: str, body: object, client=None, method: str = "POST", **headers: str):
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return (client or visitor()).generic(method, url, data, content_type="application/json", headers=headers)


def is_problem(answer, *statuses: int) -> bool:
    """Whether an API's answer is a refusal that says what is wrong."""
    assert answer.status_code in statuses, answer.content[:300]
    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    return problem["status"] == answer.status_code and bool(problem["detail"])


def nothing_kept() -> bool:
    return not (ReaderComment.objects.exists() or ContactMessage.objects.exists() or Report.objects.exists())


@pytest.fixture
def own(client, post) -> dict[str, str]:
    """A comment of one's own: its id and token, as the API gave them."""
    return post_json(f"/api/v1/posts/{post.pk}/comments/", WORDS).json()


def bearer(own: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {own['token']}"}


class TestForms:
    """The comment form, the form to edit, the report form and the contact form."""

    @pytest.mark.parametrize("bad", ["a\0b", UNSEEN, " ", "x" * 6000])
    @pytest.mark.parametrize("field", ["name", "email", "comment"])
    def test_a_comment_is_refused_field_by_field_with_the_others_kept(self, client, post, field, bad):
        sent = {**form_on(client, post.url), **WORDS, field: bad}

        self.refused_with_words(client.post(post.url, sent), field, WORDS)
        assert nothing_kept()

    @pytest.mark.parametrize("bad", ["a\0b", UNSEEN, " ", "x" * 6000])
    @pytest.mark.parametrize("field", ["name", "email", "message"])
    def test_so_is_a_message(self, client, contact, field, bad):
        self.refused_with_words(client.post(contact.url, {**MESSAGE, field: bad}), field, MESSAGE)
        assert nothing_kept()

    @staticmethod
    def refused_with_words(answer, field: str, words: dict[str, str]) -> None:
        page = unescape(answer.content.decode())
        assert answer.status_code == 422
        assert "There is a problem" in page
        assert all(value in page for name, value in words.items() if name != field)

    @pytest.mark.parametrize(
        "number", [str(number) for number in NUMBERS] + ["-1", "1.5", "1e3", "\u0661", "0x1"]
    )
    def test_a_reply_to_a_number_somebody_made_up_keeps_the_words(self, client, post, number):
        answer = client.post(post.url, {**form_on(client, post.url), **WORDS, "reply_to": number})

        assert answer.status_code == 422
        assert "is no longer there" in answer.content.decode()
        assert "Thank you." in answer.content.decode()

    @pytest.mark.parametrize("kind", ["held", "elsewhere", "trashed"])
    def test_a_reply_to_what_cannot_be_answered_keeps_the_words(self, client, post, blog, kind):
        target = {
            "held": lambda: CommentFactory(page=post),
            "elsewhere": lambda: CommentFactory(page=PostFactory(parent=blog), approved=True),
            "trashed": lambda: CommentFactory(page=post, trashed=True),
        }[kind]()
        sent = {**form_on(client, post.url), **WORDS, "reply_to": target.pk}

        answer = client.post(post.url, sent)

        assert answer.status_code == 422
        assert "is no longer there" in answer.content.decode()
        assert "Thank you." in answer.content.decode()
        assert is_problem(
            post_json(f"/api/v1/posts/{post.pk}/comments/", {**WORDS, "reply_to": target.pk}), 422
        )
        assert ReaderComment.objects.count() == 1

    @pytest.mark.parametrize("bad", ["a\0b", UNSEEN, "", "x" * 6000])
    def test_an_edit_is_refused_and_the_comment_stays(self, client, post, bad):
        client.post(post.url, {**form_on(client, post.url), **WORDS})
        comment = ReaderComment.objects.get()

        answer = client.post(f"{post.url}comments/{comment.pk}/edit/", {"comment": bad})

        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()
        comment.refresh_from_db()
        assert comment.comment == "Thank you."

    @pytest.mark.parametrize(
        "sent",
        [{}, {"reason": "x"}, {"reason": "spam", "words": "a\0b"}, {"reason": "spam", "words": "x" * 6000}],
    )
    def test_a_report_is_refused(self, client, post, sent):
        comment = CommentFactory(page=post, approved=True)

        answer = client.post(f"{post.url}comments/{comment.pk}/report/", sent)

        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()
        assert not Report.objects.exists()

    @pytest.mark.parametrize(
        "encoded",
        [b"comment=%ED%A0%80&name=%FF&email=%00", b"%FF%FE=%ED%A0%80", b"&&==&", b"comment[]=x&comment[a]=y"],
    )
    def test_bytes_that_are_no_text_are_refused(self, client, post, contact, encoded):
        for url in (post.url, contact.url):
            answer = client.generic("POST", url, encoded, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in {400, 422}, url
        assert nothing_kept()

    def test_a_file_in_place_of_words_is_refused(self, client, post, contact):
        boundary = "multipart/form-data; boundary=X"
        part = b'--X\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\nabc\r\n--X--\r\n'
        for url, field in ((post.url, b"comment"), (contact.url, b"message")):
            assert client.generic("POST", url, part % field, content_type=boundary).status_code == 422
            assert client.generic("POST", url, b"--X no end", content_type=boundary).status_code in {400, 422}
        assert nothing_kept()

    def test_a_body_of_three_megabytes_or_ten_thousand_fields_is_refused(self, client, post, contact):
        many = "&".join(f"f{number}=1" for number in range(10_001))
        for url in (post.url, contact.url):
            assert client.post(url, {"comment": "x" * 3_000_000}).status_code in {400, 413}
            encoded = "application/x-www-form-urlencoded"
            assert client.generic("POST", url, many, content_type=encoded).status_code in {400, 413}
        assert nothing_kept()


class TestNumbersInAddresses:
    @pytest.mark.parametrize("number", [0, *NUMBERS])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_comment_that_is_not_there_is_not_found(self, client, post, number, method):
        for rest in ("", "reply/", "replies/", "edit/", "report/"):
            answer = client.generic(method, f"{post.url}comments/{number}/{rest}")
            assert answer.status_code in {404, 405}, rest

    @pytest.mark.parametrize("number", [-1, 0, *NUMBERS])
    def test_nor_by_the_api(self, post, own, number):
        for method, rest in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "report/")):
            body = {"comment": "Other", "reason": "spam"}
            url = f"/api/v1/comments/{number}/{rest}"
            assert is_problem(post_json(url, body, method=method, **bearer(own)), 404), (method, rest)
        assert is_problem(visitor().get(f"/api/v1/posts/{post.pk}/comments/{number}/replies/"), 404)
        assert is_problem(visitor().get(f"/api/v1/posts/{number}/comments/"), 404)
        assert is_problem(post_json(f"/api/v1/posts/{number}/comments/", WORDS), 404)
        assert is_problem(post_json(f"/api/v1/contact/{number}/", MESSAGE), 404)

    @pytest.mark.parametrize("query", ["after", "page", "comments", "sent", "tag", "category", "q"])
    @pytest.mark.parametrize("value", ["-1", "%00", str(2**63), "9" * 500, "%FF", "\u0661", "abc", "1.5"])
    def test_a_page_forgives_what_it_is_asked_for(self, client, post, query, value):
        top = CommentFactory(page=post, approved=True)
        for url in (post.url, f"{post.url}comments/{top.pk}/replies/", "/blog/", "/search/"):
            assert client.get(f"{url}?{query}={value}").status_code == 200, url


class TestTheAPI:
    """Posting, editing, withdrawing, reporting, writing to staff."""

    @pytest.fixture
    def doors(self, post, contact) -> list[tuple[str, dict[str, str]]]:
        comment = CommentFactory(page=post, approved=True)
        return [
            (f"/api/v1/posts/{post.pk}/comments/", WORDS),
            (f"/api/v1/contact/{contact.pk}/", MESSAGE),
            (f"/api/v1/comments/{comment.pk}/report/", {"reason": "spam", "words": "Look."}),
        ]

    @pytest.mark.parametrize(
        "value", ["a\0b", "\ud800", "x" * 6000, 7, 1.5, True, [], {}, ["a"], 10**400, float("nan")], ids=repr
    )
    def test_each_field_names_what_it_cannot_take(self, doors, value):
        for url, words in doors:
            for field in words:
                answer = post_json(url, {**words, field: value})
                assert is_problem(answer, 400, 422), (url, field)
                if answer.status_code == 422:
                    assert {error["field"] for error in answer.json()["errors"]} == {field}, (url, field)

    @pytest.mark.parametrize("field", ["name", "comment"])
    def test_words_that_cannot_be_seen_are_none(self, post, field):
        answer = post_json(f"/api/v1/posts/{post.pk}/comments/", {**WORDS, field: UNSEEN})

        assert is_problem(answer, 422)
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    @pytest.mark.parametrize(
        "number", [*NUMBERS, -1, -(10**30), 1.5, "1x", [], {}, True], ids=lambda value: repr(value)[:24]
    )
    def test_a_reply_to_no_comment_is_refused(self, post, number):
        answer = post_json(f"/api/v1/posts/{post.pk}/comments/", {**WORDS, "reply_to": number})

        assert is_problem(answer, 400, 422)
        assert nothing_kept()

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"null",
            b"7",
            b'"words"',
            b"[]",
            b"\xff\xfe",
            b'{"name": "\xed\xa0\x80"}',
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b'{"reply_to": 1' + b"0" * 5_000 + b"}",
            b'{"comment": NaN}',
            b'{"comment": "' + b"x" * 3_000_000 + b'"}',
        ],
        ids=lambda body: repr(body[:24]),
    )
    def test_a_body_of_the_wrong_shape_is_refused(self, doors, own, body):
        for url, _ in doors:
            assert is_problem(post_json(url, body), 400, 413, 422), url
        answer = post_json(f"/api/v1/comments/{own['id']}/", body, method="PATCH", **bearer(own))
        assert is_problem(answer, 400, 413, 422)
        assert ReaderComment.objects.count() == 2
        assert not ContactMessage.objects.exists()

    @pytest.mark.parametrize(
        "words",
        ["a\0b", "\ud800", UNSEEN, "", "x" * 6000, 7, None, [], {}],
        ids=lambda value: repr(value)[:24],
    )
    def test_an_edit_is_refused_and_the_comment_stays(self, own, words):
        url = f"/api/v1/comments/{own['id']}/"

        assert is_problem(post_json(url, {"comment": words}, method="PATCH", **bearer(own)), 422)
        assert visitor().get(url, headers=bearer(own)).json()["text"] == "Thank you."

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "Bearer",
            "Bearer x",
            "Bearer comment_",
            "Basic eDp5",
            "Bearer comment_" + "x" * 9000,
            "Bearer comment_\u00e9",
        ],
    )
    def test_a_token_that_is_none_opens_nothing(self, own, token):
        for method in ("GET", "PATCH", "DELETE"):
            answer = post_json(
                f"/api/v1/comments/{own['id']}/", {"comment": "Other"}, method=method, Authorization=token
            )
            assert is_problem(answer, 401, 404)
        assert ReaderComment.objects.get().comment == "Thank you."

    @pytest.mark.parametrize("key", ["x" * 256, "\u00e9", "a\x7fb"])
    def test_an_odd_idempotency_key_breaks_nothing(self, post, key):
        answer = post_json(f"/api/v1/posts/{post.pk}/comments/", WORDS, **{"Idempotency-Key": key})

        assert answer.status_code == (422 if len(key) > 255 else 202)


def test_a_cookie_somebody_made_up_shows_nothing(client, post):
    held = CommentFactory(page=post, text="Held words")
    for value in ("comment_", "comment_" + "x" * 5000, ".".join(["comment_x"] * 200), "\u00e9", "\0"):
        client.cookies["own_comments"] = value
        page = client.get(post.url)
        assert page.status_code == 200
        assert "Held words" not in page.content.decode()
        assert client.get(f"{post.url}comments/{held.pk}/edit/").status_code == 404


def test_words_in_scripts_of_both_directions_are_kept(client, post):
    words = "שלום \u05d0 and مرحبا, naïve café 𝔸 👩‍👩‍👧"
    client.post(post.url, {**form_on(client, post.url), **WORDS, "comment": words})

    assert re.sub(r"\s+", " ", ReaderComment.objects.get().comment) == words


class TestHiddenFields:
    """What a page sends along unseen, and what a program makes of it."""

    VALUES = (
        "9" * 400,
        "9" * 5000,
        "9" * 100_000,
        "-1",
        "-" + "9" * 400,
        "1e400",
        "\u0661\u0662",
        "a\0b",
        "",
        "x" * 100_000,
    )

    @staticmethod
    def judged(answer, url: str, name: str, value: object, words: dict[str, str]) -> None:
        """A 4xx with the words, or taken, as the contract has it for a field that only raises suspicion."""
        assert answer.status_code in {303, 400, 403, 413, 422}, (
            url,
            name,
            str(value)[:20],
            answer.status_code,
        )
        if answer.status_code in {403, 422}:
            page = unescape(answer.content.decode())
            assert all(word in page for word in words.values()), (url, name, str(value)[:20])

    @pytest.mark.parametrize("door", ["comment", "contact"])
    def test_none_is_a_500_and_the_words_are_kept(self, post, contact, monkeypatch, door):
        monkeypatch.setattr("cms.rate_limit.actions._take", lambda *bounds: None)
        url, words = (post.url, WORDS) if door == "comment" else (contact.url, MESSAGE)
        assert (names := list(hidden_in(visitor(), url, f"{door}-form")))
        for name in names:
            for value in self.VALUES:
                browser = visitor()
                fields = {**hidden_in(browser, url, f"{door}-form"), **words}
                self.judged(browser.post(url, {**fields, name: value}), url, name, value, words)
                self.judged(
                    browser.post(url, {**fields, name: [fields[name], value]}), url, name, value, words
                )
            self.judged(browser.post(url, {**fields, name: ["a", "b"]}), url, name, "two", words)
            del fields[name]
            self.judged(browser.post(url, fields), url, name, None, words)

    @pytest.mark.parametrize("size", [3_000_000, 2_400_000])
    def test_three_megabytes_in_one_are_refused(self, client, post, contact, monkeypatch, size):
        monkeypatch.setattr("cms.rate_limit.actions._take", lambda *bounds: None)
        for url, words, form in ((post.url, WORDS, "comment-form"), (contact.url, MESSAGE, "contact-form")):
            hidden = hidden_in(client, url, form)
            assert hidden
            for name in hidden:
                fields = {**hidden, **words}
                assert client.post(url, {**fields, name: "9" * size}).status_code < 500, name

    @pytest.mark.parametrize("timestamp", ["9" * 309, "9" * 400, "-" + "9" * 400, str(2**63), "9" * 5000])
    def test_a_time_no_clock_shows_is_out_of_date(self, client, post, timestamp):
        answer = client.post(post.url, {**form_on(client, post.url), **WORDS, "timestamp": timestamp})

        assert answer.status_code == 422
        assert "Thank you." in answer.content.decode()
        fresh = form_fields(answer.content.decode(), "comment-form")
        assert client.post(post.url, {**fresh, **WORDS}).status_code == 303


def hidden_in(browser, url: str, form: str) -> dict[str, str]:
    return form_fields(browser.get(url).content.decode(), form)


def form_fields(html: str, form: str) -> dict[str, str]:
    found = re.search(rf'<form[^>]*id="{form}".*?</form>', html, re.DOTALL).group()
    tags = [tag for tag in re.findall(r"<input[^>]*>", found) if 'type="hidden"' in tag or "honeypot" in tag]
    return {
        re.search(r'name="([^"]*)"', tag).group(1): unescape((re.findall(r'value="([^"]*)"', tag) or [""])[0])
        for tag in tags
    }

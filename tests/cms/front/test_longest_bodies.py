"""The longest bodies that a stranger may send, in the shapes that take longest to read. None is a 500."""

from collections.abc import Callable, Iterator

import pytest

from cms.front.limits import EDITOR, FORM, FORM_IN_PARTS, MOST_PARTS
from home.contact import file_kinds
from home.contact.site_settings import MessageSettings
from home.contact.views import MOST_AT_ONCE
from tests.cms.front.test_front import FORM_TYPE, head
from tests.factories import CommentFactory
from tests.work import MOST_SECONDS, Site, serving

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

MOST_SECONDS_OF_WORDS = 0.5  # of processor time: one network may do so once in 30 seconds
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n'


def up_to(length: int, start: bytes, repeated: bytes, end: bytes = b"") -> bytes:
    return start + repeated * ((length - len(start) - len(end)) // len(repeated)) + end


def with_header(line: bytes, length: int = 900) -> bytes:
    return b"--x\r\n" + line + b"a" * (length - len(line)) + b"\r\n\r\n\r\n"


MANY_PARTS: dict[str, Callable[[int], bytes]] = {
    "parts": lambda n: up_to(n, b"", PART % b"a" + b"\r\n"),
    "parts without a name": lambda n: up_to(n, b"", PART % b"" + b"\r\n"),
    "parts without a header": lambda n: up_to(n, b"", b"--x\r\n\r\n\r\n"),
    "boundaries": lambda n: up_to(n, b"", b"--x\r\n"),
    "boundaries without an end": lambda n: up_to(n, b"", b"--x"),
    "beginnings of a boundary": lambda n: up_to(n, PART % b"comment", b"\r\n--"),
    "a field without an end": lambda n: up_to(n, PART % b"comment", b"a"),
    "line ends": lambda n: up_to(n, PART % b"comment", b"\r\n"),
    "nothing but line ends": lambda n: up_to(n, b"", b"\r\n"),
    "files": lambda n: up_to(n, b"", FILE % b"a.txt" + b"a\r\n"),
    "files without a name": lambda n: up_to(n, b"", FILE % b"" + b"a\r\n"),
    "a file of blanks": lambda n: up_to(n, FILE % b"a.txt", b" ", b"\r\n--x--\r\n"),
    "a file of letters": lambda n: up_to(n, FILE % b"a.txt", "\u0300ä".encode(), b"\r\n--x--\r\n"),
    "long headers": lambda n: up_to(n, b"", with_header(b'Content-Disposition: form-data; name="')),
    "semicolons in a header": lambda n: up_to(
        n, b"", b'--x\r\nContent-Disposition: form-data; name="' + b";" * 900 + b"\r\n\r\n\r\n"
    ),
    "many headers": lambda n: up_to(
        n, b"", PART.replace(b"\r\n\r\n", b"\r\n" + b"a:b\r\n" * 150) % b"a" + b"\r\n\r\n"
    ),
    "continued parameters": lambda n: up_to(
        n,
        b"",
        b"--x\r\nContent-Disposition: form-data"
        + b"".join(b"; name*%d=a" % k for k in range(60))
        + b"\r\n\r\n\r\n",
    ),
    "odd charsets": lambda n: up_to(
        n, b"", b"--x\r\nContent-Disposition: form-data; name*=nocs'en'%ff\r\n\r\n\r\n"
    ),
    "base64": lambda n: up_to(
        n, PART.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") % b"a", b"A "
    ),
    "a file in base64 of blanks": lambda n: up_to(
        n,
        FILE.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") % b"a.txt",
        b" ",
        b"\r\n--x--\r\n",
    ),
    "quoted-printable": lambda n: up_to(
        n, PART.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n") % b"a", b"=0"
    ),
    "entities in a name of a file": lambda n: up_to(n, b"", FILE % (b"&amp;" * 150) + b"a\r\n"),
    "nested": lambda n: up_to(
        n,
        PART.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n") % b"a",
        b"--y\r\n\r\n\r\n",
    ),
}
FORMS: dict[str, Callable[[int], bytes]] = {
    "fields": lambda n: up_to(n, b"", b"a&"),
    "fields of one letter": lambda n: b"&".join(b"f%d=" % k for k in range(n // 8)),
    "one field many times": lambda n: up_to(n, b"", b"comment=a&"),
    "ampersands": lambda n: up_to(n, b"", b"&"),
    "equals signs": lambda n: up_to(n, b"", b"="),
    "percent signs": lambda n: up_to(n, b"comment=", b"%"),
    "bytes in percent": lambda n: up_to(n, b"comment=", b"%ff"),
    "marks": lambda n: up_to(n, b"name=", "\u0300\u0316\u0327\u0345".encode()),
    "half of a pair": lambda n: up_to(n, b"comment=", b"%ed%a0%80"),
    "NUL": lambda n: up_to(n, b"comment=", b"%00"),
    "a byte order mark": lambda n: b"\xef\xbb\xbf" + up_to(n, b"comment=", b"a"),
}
OBJECT = (
    b'{"name": "Ann", "email": "a@example.org", "comment": %s, "message": %s, "reason": "spam", "words": %s}'
)


def holding(value: bytes) -> bytes:
    return OBJECT % (value, value, value)


JSON: dict[str, Callable[[int], bytes]] = {
    "brackets": lambda n: b"[" * n,
    "brackets that close": lambda n: b"[" * (n // 2) + b"]" * (n // 2),
    "a nest of objects": lambda n: up_to(n, b"", b'{"a":'),
    "a shallow nest": lambda n: holding(b"[" * 400 + b"]" * 400),
    "a shallow nest beside": lambda n: (
        b'{"x": ' + b'{"a": ' * 300 + b"1" + b"}" * 300 + b"," + holding(b'"x"')[1:]
    ),
    "digits": lambda n: holding(up_to(n // 3 - 100, b"", b"9")),
    "an exponent": lambda n: holding(b"1e" + up_to(n // 3 - 100, b"", b"9")),
    "a fraction": lambda n: holding(b"0." + up_to(n // 3 - 100, b"", b"1")),
    "infinity": lambda n: holding(b"1e999999"),
    "no number": lambda n: holding(b"NaN"),
    "escapes": lambda n: holding(up_to(n // 3 - 100, b'"', b"\\u0300\\u0316", b'"')),
    "emoji in escapes": lambda n: holding(up_to(n // 3 - 100, b'"', b"\\ud83d\\ude00", b'"')),
    "halves of pairs": lambda n: holding(up_to(n // 3 - 100, b'"', b"\\ud83d", b'"')),
    "NUL": lambda n: holding(up_to(n // 3 - 100, b'"', b"\\u0000", b'"')),
    "a long string": lambda n: holding(up_to(n // 3 - 100, b'"', b"a", b'"')),
    "a string without an end": lambda n: up_to(n, b'{"name": "', b"a"),
    "keys": lambda n: b'{"name": "Ann"%s}' % b"".join(b',"k%d":1' % k for k in range(n // 12)),
    "one key many times": lambda n: up_to(n, b"{", b'"comment":"a",', b'"name":"Ann"}'),
    "a list of numbers": lambda n: holding(up_to(n // 3 - 100, b"[", b"1,", b"1]")),
    "a list of lists": lambda n: holding(up_to(n // 3 - 100, b"[", b"[],", b"1]")),
    "a list": lambda n: up_to(n, b"[", b"{},", b"1]"),
    "blanks": lambda n: up_to(n, b"", b" ", b"{}"),
    "broken bytes": lambda n: holding(b'"\xff\xfe\xed\xa0\x80\xc0\xaf"'),
    "a byte order mark": lambda n: b"\xef\xbb\xbf" + holding(b'"a"'),
    "another encoding": lambda n: holding(b'"a"').decode().encode("utf-16"),
}


@pytest.fixture(scope="module")
def served(django_db_setup, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("bodies") / "log") as site:
        yield site


@pytest.fixture
def site(served: Site, contact, post) -> Site:
    served.answer(head("GET", post.url))
    return served


def request(path: str, kind: str, body: bytes, *lines: str, method: str = "POST") -> bytes:
    return head(method, path, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *lines) + body


def doors(post) -> Iterator[str]:
    comment = CommentFactory(page=post, approved=True)
    yield from (
        post.url,
        "/contact/",
        f"{post.url}comments/{comment.pk}/report/",
        f"{post.url}comments/{comment.pk}/reply/",
    )
    yield from ("/admin/login/", "/admin/password_reset/", "/mail/unsubscribe/x/", "/search/", "/")


def own_token(site: Site) -> list[str]:
    """Cookies of somebody who has a token for forms: without one Django reads no body."""
    token = "a" * 32
    return [f"Cookie: csrftoken={token}", "Origin: http://localhost"]


def all_in_time(site: Site, requests: Iterator[tuple[str, bytes]]) -> None:
    slow, failed = [], []
    for name, sent in requests:
        took, status = site.work(sent)
        slow += [(name, round(took, 3), status)] if took >= MOST_SECONDS else []
        failed += [(name, status)] if status >= 500 else []
    assert (slow, failed) == ([], [])


@pytest.mark.parametrize("shape", FORMS)
def test_the_longest_form_is_read_in_time(site, post, shape):
    body, lines = FORMS[shape](FORM), own_token(site)
    all_in_time(site, ((path, request(path, FORM_TYPE, body, *lines)) for path in doors(post)))


@pytest.mark.parametrize("shape", MANY_PARTS)
def test_so_is_the_longest_form_in_parts(site, post, shape):
    body, lines = MANY_PARTS[shape](FORM_IN_PARTS), own_token(site)
    all_in_time(site, ((path, request(path, MULTIPART, body, *lines)) for path in doors(post)))


def test_a_visitors_form_has_few_parts(site, post):
    part, lines = PART % b"a" + b"\r\n", own_token(site)
    for path in (post.url, "/contact/", "/admin/login/"):
        assert site.answer(request(path, MULTIPART, part * MOST_PARTS + b"--x--", *lines)) == 413
        assert site.answer(request(path, MULTIPART, part * (MOST_PARTS - 1) + b"--x--", *lines)) != 413


@pytest.mark.parametrize("shape", JSON)
def test_so_is_the_longest_json(site, post, contact, shape):
    comment = CommentFactory(page=post, approved=True)
    doors = (f"/posts/{post.pk}/comments/", f"/contact/{contact.pk}/", f"/comments/{comment.pk}/report/")
    body = JSON[shape](FORM)
    all_in_time(site, ((path, request(f"/api/v1{path}", "application/json", body)) for path in doors))
    own = request(
        f"/api/v1/comments/{comment.pk}/",
        "application/json",
        body,
        "Authorization: Bearer comment_x",
        method="PATCH",
    )
    all_in_time(site, iter([("own", own)]))


class TestAMessageWithFiles:
    """16 MB of it are taken. What takes long is the number of its parts."""

    @pytest.fixture(autouse=True)
    def taken(self, contact) -> None:
        MessageSettings.objects.create(site=contact.get_site(), take_files=True)

    @pytest.mark.parametrize("shape", MANY_PARTS)
    def test_the_longest_is_read_in_time(self, site, shape):
        all_in_time(site, iter([(shape, request("/contact/", MULTIPART, MANY_PARTS[shape](MOST_AT_ONCE)))]))

    @pytest.mark.parametrize(
        "shape", ["semicolons in a header", "many headers", "continued parameters", "parts"]
    )
    def test_so_is_one_with_as_many_parts_as_it_may_have(self, site, shape):
        hard = MANY_PARTS[shape](FORM_IN_PARTS)
        part = hard[: hard.index(b"--x", 3)]
        long = FILE % b"a.txt" + b"a" * FORM_IN_PARTS + b"\r\n"
        all_in_time(site, iter([(shape, request("/contact/", MULTIPART, long + part * (MOST_PARTS - 1)))]))
        assert site.answer(request("/contact/", MULTIPART, long + part * MOST_PARTS)) == 413

    def test_a_boundary_that_is_hidden_is_counted_as_well(self, site):
        for kind in ('multipart/form-data; a="boundary=y"; boundary=x', "Multipart/Form-Data; BOUNDARY=x"):
            body = MANY_PARTS["semicolons in a header"](MOST_AT_ONCE)
            assert site.answer(request("/contact/", kind, body)) == 413

    def test_three_of_the_longest_texts_are_kept(self, site):
        text = up_to(file_kinds.MOST_BYTES, b"", "\u0300ä".encode())
        fields = {b"name": b"Ann", b"email": b"ann@example.org", b"message": b"See these."}
        words = b"".join(PART % name + value + b"\r\n" for name, value in fields.items())
        files = b"".join(FILE % b"a.txt" + text + b"\r\n" for _ in range(file_kinds.MOST_FILES))
        took, status = site.work(request("/contact/", MULTIPART, words + files + b"--x--\r\n"), times=1)

        assert status == 303
        assert took < 3 * MOST_SECONDS  # they are hashed and written, and counted by the limit of messages


LOST = {
    **{name: (MULTIPART, shape) for name, shape in MANY_PARTS.items()},
    **{f"{name} in a plain form": (FORM_TYPE, shape) for name, shape in FORMS.items()},
}


@pytest.mark.parametrize("shape", LOST)
def test_words_of_a_lost_log_in_are_read_in_time(site, post, shape):
    """Strangers may send them now and then: as long as a form of the admin may be."""
    kind, make = LOST[shape]
    path, ours = f"/admin/pages/{post.pk}/edit/", "Origin: http://localhost"
    took, status = site.work(request(path, kind, make(EDITOR), ours), times=1)

    assert status in (400, 403, 413)
    assert took < MOST_SECONDS_OF_WORDS


def test_a_body_of_another_kind_is_not_read(site, post):
    for kind in ("text/plain", "application/xml", "application/octet-stream", ""):
        all_in_time(site, ((path, request(path, kind, b"a" * FORM)) for path in doors(post)))

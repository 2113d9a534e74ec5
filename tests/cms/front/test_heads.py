"""Heads of requests as no browser sends them: refused by their length, answered in time, and never a 500."""

import pytest

from cms.front.limits import CONTENT_TYPE, LINE
from tests.cms.front.test_front import head
from tests.work import MOST_SECONDS, Site, serving

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Type",
    "Cookie",
    "Forwarded",
    "Idempotency-Key",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Origin",
    "Range",
    "Referer",
    "Sec-Fetch-Site",
    "User-Agent",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Requested-With",
)
# Each is repeated up to the longest header, after a beginning that leads to the reader of such a header.
REPEATED = {
    "backslashes in a quoted cookie": ("Cookie", 'sessionid="', '\\"', '"'),
    "octal characters in a cookie": ("Cookie", 'csrftoken="', "\\101", '"'),
    "a thousand cookies": ("Cookie", "", "a=b;", ""),
    "cookies without a name": ("Cookie", "", ";=", ""),
    "messages": ("Cookie", "messages=", "W10:", ""),
    "semicolons in quotes": ("Content-Type", 'multipart/form-data; a="', ";", ""),
    "semicolons": ("Content-Type", "multipart/form-data; boundary=a", ";", ""),
    "continued parameters": ("Content-Type", "multipart/form-data", "; a*1=b", ""),
    "kinds": ("Accept", "", "a/b;q=0.1,", ""),
    "parameters of a kind": ("Accept", "text/html", ";q=1", ""),
    "semicolons of a kind": ("Accept", 'text/html; a="', ";", ""),
    "encodings": ("Accept-Encoding", "", "gzip;q=0.1,", ""),
    "tags": ("If-None-Match", "", 'W/"a",', ""),
    "quotes": ("If-None-Match", "", '"', ""),
    "a date of blanks": ("If-Modified-Since", "Fri,", " ", "x"),
    "a date of digits": ("If-Modified-Since", "Fri, ", "1", " Nov 2026 00:00:00 GMT"),
    "ranges": ("Range", "bytes=", "0-1,", ""),
    "a range of digits": ("Range", "bytes=", "9", "-"),
    "hops": ("X-Forwarded-For", "", "::1,", ""),
    "dots": ("X-Forwarded-For", "", "1.", ""),
    "labels of a host": ("Host", "localhost", ".a", ""),
    "colons of a host": ("Host", "[", ":", "]"),
    "an origin of dots": ("Origin", "http://", "a.", ""),
    "an origin of brackets": ("Origin", "http://", "[", ""),
    "a token": ("Authorization", "Bearer ", "wagtail_", ""),
    "blanks before a token": ("Authorization", "Bearer", " ", "x"),
    "words of a browser": ("User-Agent", "", "Firefox/1 (", ""),
    "blanks of a browser": ("User-Agent", "x", " ", "x"),
    "headers": ("Access-Control-Request-Headers", "", "a,", ""),
}
ADDRESSES = {
    "parts": ("/", "a/", ""),
    "slashes": ("/", "/", ""),
    "dots": ("/", "../", ""),
    "dots in percent": ("/media/images/", "%2e%2e%2f", ""),
    "marks": ("/", "%CC%80%CC%96%CC%A7%CD%85", ""),
    "marks of a host": ("//a", "%CC%80%CC%96%CC%A7%CD%85", ""),
    "broken bytes": ("/", "%ff", ""),
    "a long name of a picture": ("/media/images/", "a", ""),
    "a long name of a file": ("/static/", "a/", ""),
    "a slug": ("/blog/", "a-", "/"),
    "a post": ("/blog/a-quiet-hour/", "a/", ""),
    "digits": ("/blog/a-quiet-hour/comments/", "9", "/"),
    "a token of mail": ("/mail/unsubscribe/", "a-", "/"),
    "a key of the API": ("/api/v1/posts/", "%CC%80", "/"),
    "an address of the admin": ("/admin/", "a/", ""),
    "a query of nothing": ("/blog/?", "&", ""),
    "a thousand parameters": ("/search/?", "q=a&", ""),
    "a word": ("/search/?q=", "a", ""),
    "marks to search for": ("/search/?q=", "%CC%80%CC%96", ""),
    "words": ("/search/?q=", "a%20", ""),
    "a cursor": ("/api/v1/posts/?cursor=", "A", ""),
    "a page": ("/blog/?page=", "9", ""),
    "a tag": ("/blog/?tag=", "%EF%B7%BA", ""),
    "where to go on": ("/admin/login/?next=", "//a", ""),
}
ODD = [
    "\0",
    "\x7f",
    "\xff\xfe",
    "\xcc\x80",
    "\xed\xa0\x80",
    "\xef\xbb\xbf",
    "\t",
    "a\x0bb",
    '"',
    "a; b*=nocs'en'%ff",
    "a; b* =nocs'en'%ff",
    "a; b*\t=nocs'en'%ff",
    "*",
    "=",
    ";",
    ",",
]


@pytest.fixture(scope="module")
def served(django_db_setup, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("heads") / "log") as site:
        yield site


@pytest.fixture
def site(served: Site, contact, post) -> Site:
    served.answer(head("GET", post.url))
    return served


def with_header(name: str, value: str, path: str = "/blog/a-quiet-hour/", method: str = "GET") -> bytes:
    lines = [f"{name}: {value}"] if name == "Host" else ["Host: localhost", f"{name}: {value}"]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def filled(start: str, repeated: str, end: str, length: int) -> str:
    return start + repeated * ((length - len(start) - len(end)) // len(repeated)) + end


@pytest.mark.parametrize("pattern", REPEATED)
def test_the_longest_header_is_read_in_time_and_a_longer_one_refused(site, pattern):
    name, *parts = REPEATED[pattern]
    longest = CONTENT_TYPE if name == "Content-Type" else LINE

    for path, method in (
        ("/blog/a-quiet-hour/", "GET"),
        ("/api/v1/posts/", "GET"),
        ("/admin/login/", "POST"),
    ):
        took, status = site.work(with_header(name, filled(*parts, longest), path, method))
        assert took < MOST_SECONDS, (path, took)
        assert status < 500, path
    took, status = site.work(with_header(name, filled(*parts, 7 * LINE)))
    assert (status, took < MOST_SECONDS) == (431, True)


@pytest.mark.parametrize("pattern", ADDRESSES)
def test_the_longest_address_is_read_in_time_and_a_longer_one_refused(site, pattern):
    start, repeated, end = ADDRESSES[pattern]

    for method in ("GET", "POST"):
        took, status = site.work(head(method, filled(start, repeated, end, LINE)))
        assert took < MOST_SECONDS, (method, took)
        assert status < 500, method
    took, status = site.work(head("GET", filled(start, repeated, end, 7 * LINE)))
    assert took < MOST_SECONDS
    assert (
        status == 414 or "%" in repeated and status < 500
    )  # what is written in percent is shorter than it looks


def test_a_header_is_bounded_however_many_times_it_comes(site):
    cookies = [f"Cookie: a{number}={'b' * 1000}" for number in range(10)]

    assert site.answer(head("GET", "/blog/", *cookies)) == 431


MANY_PARTS = b'--y\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1_100
TWO = {
    "one kind before another": ["Content-Type: a/b", "Content-Type: multipart/form-data; boundary=y"],
    "one boundary before another": [
        "Content-Type: multipart/form-data; boundary=zzz",
        "Content-Type: multipart/form-data; boundary=y",
    ],
    "an unreadable kind before another": [
        "Content-Type: \xff",
        "Content-Type: multipart/form-data; boundary=y",
    ],
    "an unreadable kind": ["Content-Type: multipart/form-data; boundary=\xff"],
    "an unreadable host before another": ["Host: \xff", "Host: localhost"],
}


@pytest.mark.parametrize("lines", TWO.values(), ids=TWO)
@pytest.mark.parametrize("path", ["/contact/", "/admin/login/", "/blog/a-quiet-hour/"])
def test_a_head_that_could_be_read_in_two_ways_is_refused(site, path, lines):
    named = lines if lines[0].startswith("Host") else ["Host: localhost", *lines]
    announced = [*named, f"Content-Length: {len(MANY_PARTS)}", "", ""]
    sent = "\r\n".join([f"POST {path} HTTP/1.1", *announced]).encode("latin-1")

    assert site.answer(sent + MANY_PARTS) == 400


@pytest.mark.parametrize("target", ["/blog/?page=中", "/search/?q=中", "/api/v1/posts/?cursor=中", "/中/?中"])
def test_no_address_in_raw_bytes_is_a_500(site, target):
    for method in ("GET", "POST"):
        assert site.answer(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()) < 500


@pytest.mark.parametrize("name", HEADERS)
def test_no_odd_header_is_a_500(site, name):
    for value in ODD:
        for path, method in (
            ("/blog/a-quiet-hour/", "GET"),
            ("/api/v1/posts/", "GET"),
            ("/admin/login/", "POST"),
            ("/static/x", "GET"),
        ):
            assert site.answer(with_header(name, value, path, method)) < 500, (value, path)

"""A picture's address, as strangers write it: a file, or 404 at once."""

import time

import pytest
from wagtail_factories import ImageFactory

from tests.conftest import visitor

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def picture():
    return ImageFactory(file__width=40, file__height=40).get_rendition("width-20").url


@pytest.mark.parametrize(
    "name",
    [
        "a" * 256,
        "a" * 60_000,
        "a@" * 30_000,
        "%C3%A9" * 200,  # 200 letters, 400 bytes
        "%F0%9F%99%82" * 100,
        "." * 60_000,
        "%00" * 300,
        "%ED%A0%80",  # half of a surrogate pair
        "..",
        ".",
        "%2E%2E%2Fdb.sqlite3",
        "-",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_name_that_no_picture_has_is_not_found_and_quickly(method, name):
    client = visitor()
    client.generic(method, "/media/images/none.png")
    begin = time.thread_time()
    answer = client.generic(method, f"/media/images/{name}")

    assert answer.status_code == 404
    assert time.thread_time() - begin < 0.5


def test_a_picture_is_read_asked_for_and_not_sent_twice(picture):
    answer = visitor().get(picture)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert len(b"".join(answer.streaming_content)) == int(answer["Content-Length"])

    head = visitor().head(picture)
    assert (head.status_code, head["Content-Length"]) == (200, answer["Content-Length"])

    kept = visitor(if_modified_since=answer["Last-Modified"]).get(picture)
    assert (kept.status_code, kept.content) == (304, b"")


@pytest.mark.parametrize(
    "header",
    [{"range": "bytes=0-9"}, {"range": "bytes=" + "0-," * 9_000}, {"if_modified_since": "9" * 60_000}],
)
def test_a_header_that_is_not_understood_is_passed_over(picture, header):
    """A range may be answered with the whole (RFC 9110, 14.2), a date that is none like no date."""
    assert visitor(**header).get(picture).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_picture_is_only_read(picture, method):
    answer = visitor().generic(method, picture)

    assert answer.status_code in (403, 405)

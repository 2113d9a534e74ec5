"""The site behind the files of docs/proxy/: slow clients, long bodies, and who says what of whom."""

import json
import re
import select
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from wagtail.images import get_image_model

from tests.cms.front.proxied import ELSEWHERE, NAME, Proxy, proxy
from tests.observatory import score
from tests.pictures import photograph
from tests.served import web_server

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

MANY = 200
READER_WAITS_AT_MOST = 2.0  # seconds
MEGABYTE = 1024 * 1024
READER = "127.0.0.99"
CROWD = [f"127.0.0.{number}" for number in range(2, 6)]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WITH_A_TAG = ("/blog/feed/", "/static/css/site.css")


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    log = tmp_path_factory.mktemp("behind") / "log"
    with web_server(log, DJANGO_SETTINGS_MODULE="tests.behind_proxy") as served:
        yield served.port


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def running(request, site: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy(request.param, site, tmp_path_factory.mktemp(request.param)) as made:
        yield made


@pytest.fixture
def front(running: Proxy, contact, post) -> Proxy:
    return running


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {NAME}", *lines, "", ""]).encode()


def longest_wait(front: Proxy, for_seconds: float) -> float:
    worst, until = 0.0, time.monotonic() + for_seconds
    while time.monotonic() < until:
        start = time.monotonic()
        assert front.ask("GET", "/blog/", source=READER).status == 200
        worst = max(worst, time.monotonic() - start)
    return worst


SLOW = {
    "a body that never comes": head("POST", "/contact/", "Content-Length: 5000"),
    "a picture that never comes": head("POST", "/admin/images/multiple/add/", "Content-Length: 9000000"),
    "half a head": f"GET /blog/ HTTP/1.1\r\nHost: {NAME}\r\n".encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_readers_do_not_wait_for_clients_that_send_nothing_or_a_byte_now_and_then(front, sent):
    with ExitStack() as lines:
        slow = [lines.enter_context(front.connect(CROWD[number % 4])) for number in range(MANY)]
        for line in slow:
            line.sendall(sent)
        for _ in range(3):
            assert longest_wait(front, for_seconds=1.0) <= READER_WAITS_AT_MOST
            for line in slow:
                with suppress(OSError):  # sent away already
                    line.sendall(b"a")


def test_nor_for_clients_that_read_nothing_of_a_large_file(front):
    folder = Path(settings.MEDIA_ROOT, "images")
    folder.mkdir(parents=True, exist_ok=True)
    large = folder / "large.width-9000.jpg"
    large.write_bytes(b"\xff\xd8" + bytes(12 * MEGABYTE))
    try:
        with ExitStack() as lines:
            for number in range(MANY):
                line = lines.enter_context(front.connect(CROWD[number % 4]))
                line.sendall(head("GET", f"/media/images/{large.name}"))
            assert longest_wait(front, for_seconds=5.0) <= READER_WAITS_AT_MOST
        assert front.ask("GET", f"/media/images/{large.name}").content == large.read_bytes()
    finally:
        large.unlink()


@pytest.mark.parametrize(
    "path",
    ["/contact/", "/admin/login/", "/admin/images/add/", "/api/v1/contact/1/", "/api/v1/contact/1/files/"],
)
def test_a_body_of_30_megabytes_is_refused_before_it_has_come(front, path):
    most = (
        21 * MEGABYTE
        if "images" in path
        else 16 * MEGABYTE
        if path == "/contact/" or "/files/" in path
        else MEGABYTE
    )
    with front.connect() as line:
        line.sendall(head("POST", path, f"Content-Length: {30 * MEGABYTE}"))
        sent = 0
        while sent < 30 * MEGABYTE and not select.select([line], [], [], 0)[0]:
            with suppress(OSError):
                sent += line.send(bytes(64 * 1024))
        assert line.recv(12).split()[1] == b"413"
        assert sent <= most + 4 * MEGABYTE  # what the kernel holds of a line


def message(front: Proxy, number: int, source: str, **headers: str) -> int:
    words = {"name": "Ann", "email": "ann@example.org", "message": f"Question {number} from {source}"}
    return front.ask("POST", "/contact/", urlencode(words).encode(), source, **FORM, **headers).status


def test_the_address_of_a_client_reaches_the_rate_limit_and_no_forged_one_does(front):
    ours, other = ("127.0.1.1", "127.0.1.2") if front.kind == "nginx" else ("127.0.2.1", "127.0.2.2")
    answers = [
        message(
            front,
            number,
            ours,
            **{
                "X-Forwarded-For": f"198.51.100.{number}",
                "X_Forwarded_For": f"198.51.100.{number}",
                "x-forwarded_for": f"198.51.100.{number}",
                "Forwarded": f"for=198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
            },
        )
        for number in range(6)
    ]

    assert answers == 5 * [303] + [429]
    assert message(front, 1, other) == 303


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Proto": "http"},
        {"X_Forwarded_Proto": "http"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Port": "1"},
        {"Forwarded": "proto=http;host=evil.example"},
    ],
)
def test_nobody_forges_how_or_whom_they_asked(front, forged):
    answer = front.ask("GET", "/blog/", **forged)

    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    assert b"evil" not in answer.content


def test_http_leads_to_https_on_the_same_host(front):
    door = HTTPConnection("127.0.0.1", front.http, timeout=10)
    door.request("GET", "/blog/?page=2", headers={"Host": NAME, "X-Forwarded-Proto": "https"})
    answer = door.getresponse()
    door.close()

    assert answer.status in (301, 308)
    assert re.fullmatch(rf"https://{NAME}(:\d+)?/blog/\?page=2", answer.headers["Location"])


def test_without_the_proxy_nobody_can_claim_https(front, site):
    with socket.create_connection(("127.0.0.1", site), source_address=("127.0.3.1", 0)) as line:
        line.sendall(head("GET", "/blog/", "X-Forwarded-Proto: https"))
        assert line.recv(12).split()[1] == b"301"


def test_an_editor_uploads_a_picture_of_19_megabytes(front, editor):
    browser = Client()
    browser.force_login(editor)
    cookies = f"sessionid={browser.cookies['sessionid'].value}"
    form = front.ask("GET", "/admin/images/add/", Cookie=cookies)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', form.content)[1]
    cookies += f"; csrftoken={re.search('csrftoken=([^;]+)', form.headers['Set-Cookie'])[1]}"
    picture = photograph("JPEG")
    parts = {"csrfmiddlewaretoken": token, "title": b"A path", "collection": b"1"}
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in parts.items()
    )
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
    body += (
        b"Content-Type: image/jpeg\r\n\r\n" + picture + bytes(19 * MEGABYTE - len(picture)) + b"\r\n--x--\r\n"
    )
    sent = {"Content-Type": "multipart/form-data; boundary=x", "Origin": f"https://{NAME}", "Cookie": cookies}

    answer = front.ask("POST", "/admin/images/add/", body, **sent)

    assert answer.status == 302, (answer.headers.items(), answer.content[:200])
    assert get_image_model().objects.get().title == "A path"


@contextmanager
def one_answer_a_line() -> Iterator[int]:
    """
    Stand for a site that restarts: a line that it has answered on is gone when the next request arrives.

    A real one closes its lines when it stops, and a request may be under way just then.
    """
    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor() as lines:

        def answer(line: socket.socket) -> None:
            with line:
                receive(line)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nTaken")
                receive(line)  # and says nothing to it

        def accept() -> None:
            with suppress(OSError):  # it is shut down
                while True:
                    lines.submit(answer, door.accept()[0])

        lines.submit(accept)
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def receive(line: socket.socket) -> None:
    """Read a request with a short body, or nothing from a line that was closed."""
    line.settimeout(20)
    said = b""
    while b"Words." not in said and (more := line.recv(65536)):
        said += more


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_words_are_lost_to_no_line_that_the_site_has_closed_meanwhile(kind, tmp_path):
    """A post cannot be repeated: it goes over a line of its own, and not over one that waits."""
    with one_answer_a_line() as site, proxy(kind, site, tmp_path) as front:
        door = HTTPConnection("127.0.0.1", front.https)
        door.sock = front.connect()
        statuses = []
        for _ in range(3):
            door.request("POST", "/contact/", b"message=Words.", {"Host": NAME, **FORM})
            answer = door.getresponse()
            answer.read()
            statuses.append(answer.status)
        door.close()

    assert statuses == 3 * [200]


OF_THE_LINE = {"date", "server", "connection", "transfer-encoding", "content-length", "keep-alive", "vary"}


def told(answer) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OF_THE_LINE}


@pytest.mark.parametrize(
    "path", ["/blog/", "/blog/feed/", "/static/css/site.css", "/no-such-page/", "/robots.txt"]
)
def test_an_answer_passes_unchanged(front, site, path):
    door = HTTPConnection("127.0.0.1", site)
    door.request("GET", path, headers={"Host": NAME, "X-Forwarded-Proto": "https"})
    straight = door.getresponse()
    straight.content = straight.read()
    door.close()
    passed, headed = front.ask("GET", path), front.ask("HEAD", path)

    assert (passed.status, passed.content) == (straight.status, straight.content)
    assert told(passed) == told(straight)
    assert (headed.status, headed.content) == (straight.status, b"")
    assert told(headed) == told(straight)
    tag = passed.headers["ETag"]
    assert bool(tag) == (path in WITH_A_TAG)
    if tag:
        assert front.ask("GET", path, **{"If-None-Match": tag}).status == 304


def test_only_public_answers_are_compressed(front):
    zipped, token = {"Accept-Encoding": "gzip"}, {"Authorization": "Bearer none"}

    for path in ("/blog/", "/api/v1/posts/"):
        assert front.ask("GET", path, **zipped).headers["Content-Encoding"] == "gzip"
    for path, headers in (("/admin/login/", {}), ("/api/v1/posts/", token)):
        assert front.ask("GET", path, **zipped, **headers).headers["Content-Encoding"] is None


@pytest.mark.parametrize(
    ("path", "length"), [("/blog/", 0), ("/api/v1/contact/1/", MEGABYTE), ("/admin/login/", MEGABYTE)]
)
def test_no_answer_names_a_version_and_each_has_all_headers(front, path, length):
    answer = front.ask("POST" if length else "GET", path, bytes(length) or None)

    assert answer.status == (413 if length else 200)
    assert answer.headers["Server"] in (None, "nginx", "Caddy", "granian")
    assert answer.headers["Via"] is None
    if length:
        assert answer.content.startswith(b"The request is too large, and nothing was saved.")
        assert answer.headers["Strict-Transport-Security"] is None  # it would undo HSTS=preload
        answer.headers["Strict-Transport-Security"] = "max-age=63072000"
    assert score(answer.headers.items()) >= 125


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_editor_is_told_by_the_site_that_a_form_is_too_long(front, accept):
    body = urlencode({"title": "A quiet hour", "body-0-value": "a" * 3 * MEGABYTE}).encode()

    answer = front.ask("POST", "/admin/pages/3/edit/", body, **FORM, Accept=accept)

    assert answer.status == 413
    if accept == "text/html":
        assert b"Go back in your browser and copy your words before" in answer.content
    else:
        assert json.loads(answer.content)["error_code"] == "locked"


def test_a_header_that_is_too_long_is_refused_as_that(front):
    assert front.ask("GET", "/blog/", Cookie="a" * 20_000).status == 431


def test_clients_of_one_ipv6_network_share_what_nginx_counts(running, contact, post):
    if running.kind != "nginx":
        pytest.skip("Caddy has no limit by client")
    waiting = head("POST", "/contact/", "Content-Length: 50", "X-Elsewhere: 2001:db8::%x")
    with ExitStack() as lines:
        for number in range(100):
            line = lines.enter_context(running.connect(ELSEWHERE))
            line.sendall(waiting.replace(b"%x", b"%x" % (number + 10)))
        answers = [
            running.ask("GET", "/blog/", source=ELSEWHERE, **{"X-Elsewhere": address}).status
            for address in ("2001:db8::1", "2001:db8:0:1::1", "192.0.2.1")
        ]
    assert answers == [429, 200, 200]


def test_another_host_gets_no_page(front):
    answer = None
    with suppress(OSError):
        answer = front.ask("GET", "/blog/", Host="evil.example")
    assert answer is None or answer.status in (400, 404, 421) or answer.content == b""

"""The front as clients meet it that mean harm or have a bad line: sockets, in bounded number and time."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction

from cms.front.application import THREADS
from cms.management.web_server import PROCESSES
from cms.rate_limit.actions import CAPACITY, NETWORKS
from cms.second_factor.models import Authenticator
from home.contact.models import Attachment, ContactMessage
from home.contact.site_settings import MessageSettings
from tests.conftest import signed_in
from tests.served import HOST, web_server

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

MANY = 200
READER_WAITS_AT_MOST = 2.0  # seconds
MEGABYTE = 1024 * 1024
WORDS = urlencode({"name": "Ann", "email": "ann@example.org", "message": "A question."}).encode()
FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def served(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    log = tmp_path_factory.mktemp("front") / "log"
    with web_server(log) as site:
        yield site.port
    assert "failed outside Django" not in log.read_text()


@pytest.fixture
def port(served: int, contact, post) -> int:
    return served


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def connect(port: int, sent: bytes) -> socket.socket:
    line = socket.create_connection((HOST, port), timeout=30)
    line.sendall(sent)
    return line


def status(line: socket.socket) -> int:
    return int(line.recv(12)[9:])


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
    door = HTTPConnection(HOST, port, timeout=30)
    door.request(method, path, body, {"Host": "localhost", **headers})
    answer = door.getresponse()
    answer.content = answer.read()
    door.close()
    return answer


def longest_wait(port: int, for_seconds: float = 5.0) -> float:
    """Read a page again and again; return the longest time it took, in seconds."""
    worst, until = 0.0, time.monotonic() + for_seconds
    while time.monotonic() < until:
        start = time.monotonic()
        assert ask(port, "GET", "/blog/").status == 200
        worst = max(worst, time.monotonic() - start)
    return worst


SLOW = {
    "a body that never comes": head(
        "POST", "/contact/", "Content-Length: 5000", f"Content-Type: {FORM_TYPE}"
    ),
    "a body of no said length": head("POST", "/contact/", "Transfer-Encoding: chunked") + b"1\r\na\r\n",
    "a log-in that never comes": head("POST", "/admin/login/", "Content-Length: 5000"),
    "a picture that never comes": head("POST", "/admin/images/multiple/add/", "Content-Length: 9000000"),
    "half a head": b"GET /blog/ HTTP/1.1\r\nHost: localhost\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_readers_do_not_wait_for_clients_that_send_nothing(port, sent):
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(connect(port, sent))

        assert longest_wait(port) <= READER_WAITS_AT_MOST


def test_nor_for_clients_that_send_a_byte_now_and_then_and_those_are_sent_away(port):
    with ExitStack() as lines:
        slow = [lines.enter_context(connect(port, SLOW["a body that never comes"])) for _ in range(MANY)]
        until = time.monotonic() + 15
        while time.monotonic() < until:
            for line in slow:
                drip(line)
            assert longest_wait(port, for_seconds=0.5) <= READER_WAITS_AT_MOST
        assert {status(line) for line in slow} == {408}


def drip(line: socket.socket) -> None:
    with suppress(OSError):  # sent away already
        line.sendall(b"a")


def test_nor_for_clients_that_read_nothing_of_a_large_file(port):
    folder = Path(settings.MEDIA_ROOT, "images")
    folder.mkdir(parents=True, exist_ok=True)
    large = folder / "large.width-9000.jpg"
    large.write_bytes(b"\xff\xd8" + bytes(12 * MEGABYTE))
    try:
        with ExitStack() as lines:
            for _ in range(MANY):
                lines.enter_context(connect(port, head("GET", f"/media/images/{large.name}")))
            assert longest_wait(port) <= READER_WAITS_AT_MOST
        assert ask(port, "GET", f"/media/images/{large.name}").content == large.read_bytes()
    finally:
        large.unlink()


@pytest.mark.parametrize(
    "path", ["/", "/contact/", "/blog/a-quiet-hour/", "/admin/login/", "/api/v1/contact/1/", "/no/"]
)
@pytest.mark.parametrize("kind", [FORM_TYPE, "multipart/form-data; boundary=x", "application/json"])
def test_a_body_that_is_too_large_is_refused_before_it_is_sent(port, path, kind):
    with connect(
        port, head("POST", path, f"Content-Length: {120 * MEGABYTE}", f"Content-Type: {kind}")
    ) as line:
        assert status(line) == 413


def test_a_body_of_no_said_length_is_refused_when_it_grows_too_large(port):
    with connect(port, head("POST", "/blog/", "Transfer-Encoding: chunked")) as line:
        chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
        for _ in range(5):
            line.sendall(chunk)
        assert status(line) == 413


def test_what_is_refused_before_django_is_a_problem_to_a_program(port):
    page, program = (ask(port, "GET", f"{path}?q={'x' * 20_000}") for path in ("/blog/", "/api/v1/posts/"))

    assert page.status == program.status == 414
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert program.headers["Content-Type"] == "application/problem+json"
    assert json.loads(program.content)["status"] == 414


WITH_A_FILE = (
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.7 '
    + bytes(4 * MEGABYTE)
    + b'\r\n--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAnn'
    + b'\r\n--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nann@example.org'
    + b'\r\n--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nSee this.\r\n--x--\r\n'
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize("slug", ["contact", "köln", "контакт"])
def test_a_message_with_files_is_taken_where_the_page_takes_files(port, contact, slug):
    contact.slug = slug
    contact.save_revision().publish()
    here = quote(f"/{slug}/")
    assert ask(port, "POST", here, WITH_A_FILE, **MULTIPART).status == 413

    MessageSettings.objects.create(site=contact.get_site(), take_files=True)

    assert ask(port, "POST", here, WITH_A_FILE, **MULTIPART).status == 303
    assert Attachment.objects.get().size == 4 * MEGABYTE + 9
    contact.slug = "write-to-us"
    contact.save_revision().publish()
    assert ask(port, "POST", here, WITH_A_FILE, **MULTIPART).status == 308


def test_so_is_one_by_the_api(port, contact):
    path = f"/api/v1/contact/{contact.slug}/files/"
    assert ask(port, "POST", path, WITH_A_FILE, **MULTIPART).status == 413

    MessageSettings.objects.create(site=contact.get_site(), take_files=True)

    assert ask(port, "POST", path, WITH_A_FILE, **MULTIPART).status == 202
    assert Attachment.objects.get().size == 4 * MEGABYTE + 9
    for nowhere in ("/api/v1/contact/nowhere/files/", path.removesuffix("files/"), f"{path}more/"):
        assert ask(port, "POST", nowhere, WITH_A_FILE, **MULTIPART).status == 413


def session_of(user) -> str:
    return f"sessionid={signed_in(user).cookies['sessionid'].value}"


def test_strangers_cannot_send_what_staff_may_upload(port, editor):
    path, body = "/admin/images/multiple/add/", bytes(3 * MEGABYTE)

    for cookie in ("", "sessionid=x", f"sessionid={'x' * 32}"):
        assert ask(port, "POST", path, body, **MULTIPART, Cookie=cookie).status == 413
    assert (
        ask(port, "POST", path, body, **MULTIPART, Cookie=session_of(editor)).status == 403
    )  # no CSRF token
    editor.is_active = False
    editor.save()
    assert ask(port, "POST", path, body, **MULTIPART, Cookie=session_of(editor)).status == 413


def test_a_session_without_the_factor_of_its_owner_is_a_strangers(port, editor):
    path, body, cookie = "/admin/images/multiple/add/", bytes(3 * MEGABYTE), session_of(editor)
    Authenticator.objects.create(user=editor, sealed_key=b"sealed")

    assert ask(port, "POST", path, body, **MULTIPART, Cookie=cookie).status == 413


class TestALongFormOfTheAdmin:
    """A post in the editor is longer than what strangers may send. Whose log-in has ended is one."""

    LONG = urlencode({"title": "A quiet hour", "body-0-value": "Kept words. " * 40_000}).encode()
    OURS = {"Content-Type": FORM_TYPE, "Origin": "http://localhost"}

    @pytest.fixture
    def edit(self, post) -> str:
        return f"/admin/pages/{post.pk}/edit/"

    @pytest.mark.parametrize("cookie", ["", "sessionid=ended"])
    def test_its_words_come_back(self, port, edit, cookie):
        told = ask(port, "POST", edit, self.LONG, **self.OURS, Cookie=cookie)

        assert (told.status, told.content.count(b"Kept words.")) == (403, 40_000)
        assert b"You are signed out, and nothing was saved." in told.content

    def test_after_a_few_of_them_one_client_is_told_to_go_back(self, port, edit):
        answers = [ask(port, "POST", edit, self.LONG, **self.OURS) for _ in range(CAPACITY + 1)]

        assert [answer.status for answer in answers] == [403] * CAPACITY + [413]
        assert b"Go back in your browser and copy your words" in answers[-1].content

    def test_the_networks_of_one_site_share_what_strangers_may_send(self, tmp_path, edit):
        with web_server(tmp_path / "log", DJANGO_SETTINGS_MODULE="tests.behind_proxy") as site:
            ours = {**self.OURS, "Host": "127.0.0.1", "X-Forwarded-Proto": "https"}
            answers = [
                ask(
                    site.port,
                    "POST",
                    edit,
                    self.LONG,
                    **ours,
                    **{"X-Forwarded-For": f"2001:db8:0:{net:x}::1"},
                )
                for net in range(NETWORKS * CAPACITY + 1)
            ]
        assert {answer.status for answer in answers[:-1]} == {403}
        assert answers[-1].status == 413

    def test_its_autosave_says_so_in_the_editor_and_counts_as_none_of_them(self, port, edit):
        for _ in range(CAPACITY + 1):
            told = ask(port, "POST", edit, self.LONG, **self.OURS, Accept="application/json")
            assert (told.status, json.loads(told.content)["error_code"]) == (413, "locked")
        assert "nothing was saved" in json.loads(told.content)["error_message"].lower()

        assert ask(port, "POST", edit, self.LONG, **self.OURS).status == 403

    def test_those_who_are_logged_in_send_as_many_as_they_like(self, port, edit, editor):
        cookie = session_of(editor)
        for _ in range(CAPACITY + 1):
            answer = ask(port, "POST", edit, self.LONG, **self.OURS, Cookie=cookie)
            assert b"You signed in again" in answer.content  # the form has no token


def test_http_2_which_knows_none_of_these_bounds_is_not_spoken(port):
    with connect(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)) as line:
        assert line.recv(9)[3:4] != b"\x04"  # a frame of settings


@pytest.mark.parametrize(
    "announced",
    [f"Content-Length: {len(WORDS) + 1}", "Transfer-Encoding: chunked"],
)
def test_a_message_that_is_cut_off_is_not_taken_for_a_whole_one(port, announced):
    chunk = f"{len(WORDS):x}\r\n".encode() + WORDS + b"\r\n"
    sent = WORDS if "Length" in announced else chunk
    with connect(port, head("POST", "/contact/", announced, f"Content-Type: {FORM_TYPE}") + sent) as line:
        line.shutdown(socket.SHUT_WR)
        line.recv(1)  # the answer, or the end of the line
    assert ask(port, "GET", "/healthz").status == 200

    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("announced", [len(WORDS), 100_000])
@pytest.mark.parametrize("begun", [b"", WORDS[:3]], ids=["nothing", "a beginning"])
def test_who_goes_away_while_sending_leaves_nothing_in_the_log(port, announced, begun):
    """The log is read when the server has stopped."""
    sent = head("POST", "/contact/", f"Content-Length: {announced}", f"Content-Type: {FORM_TYPE}")
    with connect(port, sent + begun):
        assert ask(port, "GET", "/healthz").status == 200  # time enough for the other request to begin

    assert not ContactMessage.objects.exists()


def test_a_message_that_comes_in_chunks_is_taken(port):
    chunks = b"".join(f"1\r\n{chr(byte)}\r\n".encode() for byte in WORDS) + b"0\r\n\r\n"
    sent = head("POST", "/contact/", "Transfer-Encoding: chunked", f"Content-Type: {FORM_TYPE}") + chunks
    with connect(port, sent) as line:
        assert status(line) == 303
    assert ContactMessage.objects.count() == 1


ODD_TARGETS = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "no host, as of old": (b"GET / HTTP/1.0\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
    "the same host twice": (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target, ours": (b"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
    "an absolute target, another's": (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an absolute target for another host": (
        b"GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        400,
    ),
    "a user in the target": (b"GET http://a:b@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a host with an underscore name": (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX_Forwarded_Host: evil.example\r\n\r\n",
        200,
    ),
    "a long host": (b"GET / HTTP/1.1\r\nHost: " + b"a" * 5_000 + b"\r\n\r\n", 400),
    "a host past all bounds": (b"GET / HTTP/1.1\r\nHost: " + b"a" * 30_000 + b"\r\n\r\n", 431),
    "a host that is no text": (b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n", 400),
}


@pytest.mark.parametrize(("sent", "expected"), ODD_TARGETS.values(), ids=ODD_TARGETS)
def test_a_request_is_for_a_host_of_ours_or_refused(port, sent, expected):
    with connect(port, sent) as line:
        assert status(line) == expected


def test_what_is_refused_before_django_has_its_headers(port):
    answer = ask(port, "POST", "/blog/", bytes(MEGABYTE))
    page = ask(port, "GET", "/blog/")

    missing = {name.lower() for name in page.headers} - {name.lower() for name in answer.headers}
    assert answer.status == 413
    assert missing <= {"permissions-policy", "x-frame-options", "vary"}


def test_what_fails_outside_django_is_answered_and_quotes_nobody_in_the_log(django_db_setup, tmp_path):
    log = tmp_path / "log"
    with web_server(log, DJANGO_SETTINGS_MODULE="tests.broken_front") as site:
        answer = ask(site.port, "GET", "/blog/?q=words-of-a-visitor")

    assert (answer.status, answer.headers["Cache-Control"]) == (500, "no-store")
    assert answer.content == b"Something went wrong on our side. Try again later.\n"
    assert "A request failed outside Django: ValueError." in log.read_text()
    assert "visitor" not in log.read_text()


def test_a_head_without_end_is_refused(port):
    with connect(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 70_000) as line:
        assert status(line) in (400, 431)


def test_a_process_whose_threads_are_busy_is_alive(port):
    """Each waits for a lock of the database, which is given back at the end."""
    announced = (f"Content-Type: {FORM_TYPE}", f"Content-Length: {len(WORDS)}")
    with ExitStack() as lines:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("LOCK TABLE wagtailcore_page IN ACCESS EXCLUSIVE MODE")
            sent = head("POST", "/contact/", *announced) + WORDS
            busy = [lines.enter_context(connect(port, sent)) for _ in range(4 * THREADS * PROCESSES)]
            for _ in range(4 * PROCESSES):
                with connect(port, head("GET", "/healthz")) as line:
                    line.settimeout(2)
                    assert status(line) == 200
        assert {status(line) for line in busy} <= {303, 429}  # none works on when the tables are emptied


def test_a_message_with_files_is_not_called_too_large_while_the_database_is_away(django_db_setup, tmp_path):
    with web_server(tmp_path / "log", DATABASE_URL="postgres://nobody@127.0.0.1:9/none") as site:
        files = bytes(MEGABYTE)
        answer = ask(
            site.port, "POST", "/contact/", files, **{"Content-Type": "multipart/form-data; boundary=b"}
        )

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("path", ["/blog/", "/sitemap.xml", "/healthz"])
def test_head_is_answered_like_get_without_the_body(port, path):
    got, headed = ask(port, "GET", path), ask(port, "HEAD", path)

    assert (got.status, headed.status, headed.content) == (200, 200, b"")
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]


def test_a_request_on_its_way_is_answered_when_the_site_is_asked_to_stop(contact, tmp_path):
    announced = (f"Content-Length: {len(WORDS)}", f"Content-Type: {FORM_TYPE}", "Expect: 100-continue")
    with (
        web_server(tmp_path / "log") as site,
        connect(site.port, head("POST", "/contact/", *announced)) as line,
    ):
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        site.process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            site.process.wait(timeout=1)
        line.sendall(WORDS)
        assert status(line) == 303
    assert ContactMessage.objects.count() == 1

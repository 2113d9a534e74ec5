"""A site that runs, attacked by strangers over the network: bounded in number and time, on loopback alone."""

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests import crawl
from tests.cms.test_serve import ROOT, Server, environment

pytestmark = pytest.mark.once

OWNER, PASSWORD = "owner", "a long enough password"
CANARY = "kq7attackv3x@canary-attack.example"
GUESSERS = 8
SECONDS = 6.0  # of guessing


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("attacked")
    server = Server(folder / "var", folder / "log")
    try:
        server.wait_for(lambda: server.status("/readyz") == 200)
        hire(folder / "var")
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=30)


def hire(data_dir) -> None:
    command = (sys.executable, "manage.py", "createsuperuser", "--noinput", "--username", OWNER)
    env = environment(data_dir, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    subprocess.run((*command, "--email", "owner@example.org"), check=True, cwd=ROOT, env=env)


class Visitor:
    """Somebody at an address of their own: all of 127.0.0.0/8 is this machine."""

    def __init__(self, site: Server, number: int) -> None:
        self.site, self.address = site, f"127.0.0.{number}"

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        door = http.client.HTTPConnection(
            "127.0.0.1", self.site.port, timeout=30, source_address=(self.address, 0)
        )
        try:
            door.request(method, path, body, {"Host": f"localhost:{self.site.port}", **headers})
            answer = door.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            door.close()

    def form(self) -> dict[str, str]:
        """Return the headers and the token of an open log-in page, for as many tries as one likes."""
        page = self.ask("GET", "/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        return {"cookie": page.headers["Set-Cookie"].split(";")[0], "token": token}

    def log_in(self, form: dict[str, str], name: str, password: str) -> http.client.HTTPResponse:
        sent = {"csrfmiddlewaretoken": form["token"], "username": name, "password": password}
        kind = "application/x-www-form-urlencoded"
        headers = {"Cookie": form["cookie"], "Content-Type": kind}
        return self.ask("POST", "/admin/login/", urlencode(sent), **headers)


def test_25_wrong_passwords_are_slowed_and_the_owner_gets_in_meanwhile(site):
    stranger, owner = Visitor(site, 2), Visitor(site, 3)
    form, own = stranger.form(), owner.form()
    answers = [stranger.log_in(form, OWNER, f"wrong {number}") for number in range(25)]

    assert [answer.status for answer in answers].count(429) >= 14
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 30
    assert owner.log_in(own, OWNER, PASSWORD).status == 302


def get_in(person: Visitor) -> int:
    """Log in as somebody does who waits when told to; return how often they were sent away."""
    form = person.form()
    for sent_away in range(20):
        answer = person.log_in(form, OWNER, PASSWORD)
        if answer.status == 302:
            return sent_away
        time.sleep(int(answer.headers["Retry-After"]))
    raise AssertionError(answer.status)


def test_eight_colleagues_on_one_network_get_in_at_once_even_while_a_stranger_guesses(site):
    with ThreadPoolExecutor(9) as crowd:
        stranger = crowd.submit(guess, site, 5, time.monotonic() + SECONDS)
        waits = list(crowd.map(get_in, [Visitor(site, 4) for _ in range(8)]))

    assert 200 in stranger.result()
    assert max(waits) < 20


def guess(site: Server, number: int, until: float) -> list[int]:
    stranger = Visitor(site, number)
    form, answers = stranger.form(), []
    while time.monotonic() < until:
        answers.append(stranger.log_in(form, f"name-{len(answers) % 3}", "wrong").status)
    return answers


def read(site: Server, until: float) -> float:
    """Read a page at a person's pace; return how long 95 of 100 readings take at most, in seconds."""
    reader, took = Visitor(site, 20), []
    while time.monotonic() < until:
        begin = time.monotonic()
        assert reader.ask("GET", "/").status == 200
        took.append(time.monotonic() - begin)
        time.sleep(0.02)
    return sorted(took)[int(len(took) * 0.95)]


def test_readers_are_answered_while_eight_clients_guess(site):
    calm = read(site, time.monotonic() + SECONDS / 2)
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(GUESSERS) as crowd:
        guesses = [crowd.submit(guess, site, 30 + number, until) for number in range(GUESSERS)]
        slowest = read(site, until)
    answers = [status for each in guesses for status in each.result()]

    sys.stdout.write(f"p95 {calm * 1000:.0f} ms, {slowest * 1000:.0f} ms beside {len(answers)} guesses\n")
    assert {200, 429} == set(answers)
    assert answers.count(429) > answers.count(200)
    assert slowest < 2.0 + GUESSERS * calm  # a busy machine is no fault of guessers


def test_nothing_a_visitor_writes_is_in_the_log(site):
    """V1: the canary in each header, in the path and in the query; and the log says little of it at all."""
    begun = site.log.stat().st_size
    headers = ("Origin", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "Cookie", "Accept")
    spelt = (
        CANARY,
        CANARY.replace("@", "%40"),
        f"{CANARY}, {CANARY}",
        f"Bearer {CANARY}",
        "a@" * 3_000 + CANARY,
    )
    visitor = Visitor(site, 50)
    for value in spelt:
        for name in (*headers, "Authorization", "If-Modified-Since", "Content-Type", "Idempotency-Key"):
            for path in ("/", "/api/v1/posts/", "/admin/", "/nowhere/"):
                assert visitor.ask("GET", path, **{name: value}).status < 500, (name, path)
        for path in (f"/{value}/", f"/search/?q={value}", f"/media/images/{value}", f"/admin/?next={value}"):
            assert visitor.ask("GET", path.replace(" ", "+")).status < 500, path
            assert visitor.ask("POST", path.replace(" ", "+"), "x" * 10).status < 500, path
        assert visitor.ask("GET", "/", Host=value.split(",")[0].replace(" ", "")).status == 400
    with socket.create_connection(("127.0.0.1", site.port)) as raw:
        raw.sendall(f"GET / HTTP/1.1\r\nHost: {CANARY}\r\nHost: {CANARY}\r\n{CANARY}\r\n\r\n".encode())
        raw.recv(1_000)

    written = site.log.read_bytes()[begun:]
    assert crawl.leaks(written, [CANARY]) == []
    assert b"Traceback" not in written
    others = [line for line in written.splitlines() if b"cms.http.hosts: Refused a request" not in line]
    assert len(others) < 5, written


def test_a_long_header_or_path_holds_nobody_up(site):
    visitor = Visitor(site, 51)
    for hostile in ("a@" * 15_000, "a" * 30_000, "." * 30_000, "@" * 30_000):
        begin = time.monotonic()
        visitor.ask("GET", f"/media/images/{hostile}")
        visitor.ask("GET", "/api/v1/posts/", Origin=hostile)
        visitor.ask("GET", "/", Host=hostile)
        assert time.monotonic() - begin < 2.0, hostile[:5]


def test_no_log_in_and_no_password_is_in_the_log(site):
    stranger, owner = Visitor(site, 60), Visitor(site, 61)
    stranger.log_in(stranger.form(), "kq7typed", "kq7secret")
    assert owner.log_in(owner.form(), OWNER, PASSWORD).status == 302

    log = site.log.read_text()
    assert "cms.accounts.log_in: log-in refused: no such user" in log
    assert re.search(r"cms\.accounts\.log_in: user \d+ logged in", log)
    assert not re.search(r"kq7|127\.0\.0|owner\b", log)

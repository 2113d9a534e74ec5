"""Clients that dawdle while a reader reads, who must be answered within two seconds all the same."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from django.conf import settings

from tests.attack import wire
from tests.attack.outcome import Outcome, Tally
from tests.attack.victim import Victim

MANY = 200
READER_WAITS_AT_MOST = 2.0  # seconds
WATCHED_FOR = 6.0  # seconds
LARGE = 12 * 1024 * 1024  # bytes of a picture nobody reads
HTTPS = "X-Forwarded-Proto: https"  # as the proxy says it; without it all are sent on in one short answer

SILENT = {
    "nothing": b"",
    "a body that never comes": wire.head("POST", "/contact/", HTTPS, "Content-Length: 5000"),
    "a body of no said length": wire.head("POST", "/blog/", HTTPS, "Transfer-Encoding: chunked")
    + b"1\r\na\r\n",
    "a log-in that never comes": wire.head("POST", "/admin/login/", HTTPS, "Content-Length: 5000"),
    "a body that is promised": wire.head(
        "POST", "/contact/", HTTPS, "Content-Length: 5000", "Expect: 100-continue"
    ),
}
PROMISED = b"HTTP/1.1 100 Continue\r\n\r\n"


def silent_clients(victim: Victim) -> Outcome:
    """200 clients send nothing, or a head and no body, in five ways"""
    tally, waits = Tally(), []
    for what, sent in SILENT.items():
        _require_that_it_waits(victim, tally, what, sent)
        waits.append(_longest_wait(victim, tally, sent))
    return tally.outcome(_waited(max(waits)))


def half_heads(victim: Victim) -> Outcome:
    """200 clients send a head that never ends, line by line"""
    tally, begun = Tally(), b"GET /blog/ HTTP/1.1\r\nHost: localhost\r\n"
    _require_that_it_waits(victim, tally, "half a head", begun)
    worst = _longest_wait(victim, tally, begun, lambda line: line.sendall(b"X-More: a\r\n"))
    return tally.outcome(_waited(worst))


def dripping_bodies(victim: Victim) -> Outcome:
    """200 clients send a byte of their body now and then"""
    tally, begun = Tally(), SILENT["a body that never comes"]
    _require_that_it_waits(victim, tally, "a body that drips", begun)
    return tally.outcome(_waited(_longest_wait(victim, tally, begun, lambda line: line.sendall(b"a"))))


def unread_answers(victim: Victim) -> Outcome:
    """200 clients ask for a file of 12 MB and read nothing of it"""
    tally, file = Tally(), Path(settings.MEDIA_ROOT, "images", "large.width-9000.jpg")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\xff\xd8" + bytes(LARGE))
    url = f"/media/images/{file.name}"
    try:
        whole = victim.stranger().get(url)
        tally.require("the file is served", whole.status == 200 and len(whole.body) == LARGE + 2)
        sent = wire.head("GET", url, HTTPS)
        with wire.connect(victim.port, sent, source=wire.PROXY) as line:
            tally.require("the same head is answered with it", wire.status(line) == 200)
        return tally.outcome(_waited(_longest_wait(victim, tally, sent)))
    finally:
        file.unlink()


def _require_that_it_waits(victim: Victim, tally: Tally, what: str, sent: bytes) -> None:
    """Require that the site neither answers nor hangs up at once: then nobody would dawdle."""
    with wire.connect(victim.port, sent, source=wire.PROXY) as line:
        tally.require(f"the site waits for {what}", wire.is_silent(line, but_for=PROMISED))


def _longest_wait(
    victim: Victim,
    tally: Tally,
    sent: bytes,
    now_and_then: Callable[[socket.socket], None] = lambda line: None,
) -> float:
    """Read a page while so many clients hold their lines; return the longest time it took, in seconds."""
    worst, reader = 0.0, victim.stranger()
    tally.require("the reader reads", "A quiet hour" in reader.get("/blog/").text)
    with ExitStack() as held:
        lines = [held.enter_context(wire.connect(victim.port, sent, source=wire.PROXY)) for _ in range(MANY)]
        until = time.monotonic() + WATCHED_FOR
        while time.monotonic() < until:
            for line in lines:
                with suppress(OSError):  # sent away already
                    now_and_then(line)
            answer = reader.get("/blog/")
            tally.found(f"the reader was answered {answer.status}", wrong=answer.status != 200)
            worst = max(worst, answer.seconds)
            time.sleep(0.1)
        for _ in lines:
            tally.saw(_waited(worst), wrong=worst > READER_WAITS_AT_MOST)
    return worst


def _waited(worst: float) -> str:
    return f"a reader waited {worst * 1000:,.0f} ms at most"


ATTACKS = (silent_clients, half_heads, dripping_bodies, unread_answers)

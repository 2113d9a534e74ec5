"""
One POST to an endpoint, and what came of it.

The connection goes to the address that ``destinations`` has checked; TLS verifies the name of the host. No
proxy, no cookie, no redirect, no second request on the connection. Of the answer the status is read, its
headers up to http.client's own limits (100 of 64 KB), ``Retry-After`` among them, and nothing of its body.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.http import parse_http_date_safe

from cms.outbox.line import Line
from cms.webhooks import destinations
from cms.webhooks.destinations import Destination, DestinationError

CONNECT_LIMIT, STEP_LIMIT, TIME_LIMIT = 5.0, 10.0, 15.0  # seconds; well below half a lease, with DNS
AGENT = "cms-webhooks/1"
GONE = 410
LONGEST_WAIT = 24 * 60 * 60  # seconds that an endpoint may ask for


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    ``status`` of the answer, or None and the ``problem`` in a word or two; and how long it took.

    ``retry_after`` is how many seconds the endpoint asks us to wait; 0 where it does not say.
    """

    status: int | None
    problem: str
    seconds: float
    retry_after: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == GONE

    @property
    def answer(self) -> str:
        return f"HTTP {self.status}" if self.status else self.problem


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send a body of JSON. Takes TIME_LIMIT at most, and what the name server takes."""
    began, line = time.monotonic(), Line()
    status, problem, wait = None, "", 0.0
    with line.at_most(TIME_LIMIT):
        try:
            status, wait = _exchange(destinations.split(url), line, body, headers)
        except DestinationError as error:
            problem = error.problem
        except (OSError, http.client.HTTPException) as error:
            problem = _kind(error)
        finally:
            line.forget()
    if line.cut_off:  # http.client takes a connection that ends for the end of the headers
        status, problem = None, "timeout"
    return Outcome(status, problem, time.monotonic() - began, wait)


def _exchange(to: Destination, line: Line, body: bytes, headers: Mapping[str, str]) -> tuple[int, float]:
    """Return the status, and the seconds to wait. Raises DestinationError, OSError, HTTPException."""
    connection = http.client.HTTPConnection(to.host, to.port)
    connection.sock = _connect(to, line)
    try:
        connection.request("POST", to.target, body, {**_own_headers(to), **headers})
        answer = connection.getresponse()
        return answer.status, _seconds(answer.getheader("Retry-After", "").strip())
    finally:
        connection.close()


def _seconds(asked: str) -> float:
    """Read a number of seconds or a date (RFC 9110, 10.2.3); 0 for anything else."""
    if asked.isascii() and asked.isdecimal():
        return float(min(int(asked[:9]), LONGEST_WAIT))
    date = parse_http_date_safe(asked)
    return min(max(date - time.time(), 0.0), LONGEST_WAIT) if date else 0.0


def _own_headers(to: Destination) -> dict[str, str]:
    return {
        "Host": to.authority,
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        "Accept": "*/*",
        "Connection": "close",
    }


def _connect(to: Destination, line: Line) -> socket.socket:
    """Connect to one of the checked addresses of a host. Raises DestinationError, OSError."""
    plain = _first_that_answers(destinations.resolve(to), to.port)
    plain.settimeout(STEP_LIMIT)
    line.watch(plain)
    if to.scheme == "http":
        return plain
    try:
        return _trust().wrap_socket(plain, server_hostname=to.host)
    except OSError:
        plain.close()
        raise


def _first_that_answers(addresses: list[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=CONNECT_LIMIT)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=CONNECT_LIMIT)


@cache
def _trust() -> ssl.SSLContext:
    """Trust the system's authorities, or those in SSL_CERT_FILE. Read once in a process."""
    return ssl.create_default_context()


def _kind(error: Exception) -> str:
    kinds = {
        socket.gaierror: "no such host",
        ssl.SSLCertVerificationError: "certificate",
        ssl.SSLError: "TLS",
        TimeoutError: "timeout",
        ConnectionRefusedError: "refused",
        OSError: "no connection",
        http.client.HTTPException: "no HTTP",
    }
    return next(word for kind, word in kinds.items() if isinstance(error, kind))

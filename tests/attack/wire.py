"""Sockets to the site under attack, and to nothing else."""

import socket
from http.client import HTTPConnection
from ipaddress import ip_address

from tests.own_site import HOST

PROXY = "127.0.0.9"  # whom the site trusts; all of 127.0.0.0/8 is this machine
DIRECT = "127.0.0.1"
PATIENCE = 30.0  # seconds


class NotOursError(Exception):
    """Somebody asked to attack another machine."""


def require_loopback(host: str) -> str:
    """Raises NotOursError."""
    if not ip_address(host).is_loopback:
        raise NotOursError(host)
    return host


def connect(port: int, sent: bytes = b"", *, source: str = DIRECT) -> socket.socket:
    """Open a line to the site and say something."""
    line = socket.create_connection((require_loopback(HOST), port), PATIENCE, source_address=(source, 0))
    line.sendall(sent)
    return line


def http(port: int, *, source: str) -> HTTPConnection:
    return HTTPConnection(require_loopback(HOST), port, timeout=PATIENCE, source_address=(source, 0))


def head(method: str, path: str, *lines: str, host: str = "localhost") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, "", ""]).encode()


def status(line: socket.socket) -> int:
    """Return the status of the next answer; 0 when the line was closed."""
    try:
        start = line.recv(12)
    except OSError:
        return 0
    return int(start[9:12]) if len(start) == 12 else 0


def answer(line: socket.socket) -> bytes:
    """Return all that comes until the site closes the line, or says nothing for a second."""
    line.settimeout(1.0)
    got = b""
    try:
        while more := line.recv(65536):
            got += more
    except OSError:
        pass
    return got


def is_silent(line: socket.socket, *, but_for: bytes = b"") -> bool:
    """Say whether the site keeps a line open for a second, and says nothing but what is named."""
    line.settimeout(1.0)
    got = b""
    try:
        while got in (b"", but_for) and (more := line.recv(65536)):
            got += more
    except TimeoutError:
        return got in (b"", but_for)
    except OSError:
        return False
    return False


def exchanged(line: socket.socket, sent: bytes) -> bytes:
    """Say something, and return what comes back; nothing when the site hangs up meanwhile."""
    try:
        line.sendall(sent)
    except OSError:
        return b""
    return answer(line)

"""A client of the server under measurement: one connection, kept open, that costs as little as can be."""

import re
import socket
from collections.abc import Callable
from urllib.parse import urlencode

from tests.own_site import HOST

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LENGTH = re.compile(rb"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Door:
    def __init__(self, port: int, **headers: str) -> None:
        self.port = port
        self.headers = {"Host": f"{HOST}:{port}", **headers}
        self.open()

    def open(self) -> None:
        """Connect anew: what lies idle may be closed at the other end."""
        self.connection = socket.create_connection((HOST, self.port), timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> bytes:
        status, body = self._ask("GET", path, b"", {})
        assert status == 200, f"{path}: {status}"
        return body

    def post(self, path: str, body: str, headers: dict[str, str]) -> int:
        """Return the status."""
        return self._ask("POST", path, body.encode(), headers)[0]

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """The least of HTTP/1.1: the server gets all but the last of this machine's time."""
        lines = {**self.headers, **headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = self._received_until(lambda got: b"\r\n\r\n" in got)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(LENGTH.search(head).group(1))
        body += self._received_until(lambda got: len(got) >= length - len(body))
        return int(head.split(maxsplit=2)[1]), body

    def _received_until(self, enough: Callable[[bytes], bool]) -> bytes:
        got = b""
        while not enough(got):
            more = self.connection.recv(65536)
            assert more, "The server has closed the connection."
            got += more
        return got

    def hidden_fields(self, path: str) -> dict[str, str]:
        """Return what a page's comment form sends besides what is typed."""
        form = self.get(path).decode().partition('id="comment-form"')[2]
        return dict(HIDDEN.findall(form))


def sent_by(number: int) -> dict[str, str]:
    """Headers of a form that comes through a trusted proxy, from another client for each number."""
    first, rest = divmod(number, 65536)
    return {**FORM, "X-Forwarded-For": f"10.{first % 256}.{rest // 256}.{rest % 256}"}


def comment(hidden: dict[str, str], number: int, *, address: str, notify: bool = False) -> str:
    """A form as a reader fills it in; each number says something else."""
    typed = {"name": "Ada", "email": address, "comment": text_of(number), "honeypot": ""}
    return urlencode({**hidden, **typed, **({"notify": "on"} if notify else {})})


def text_of(number: int) -> str:
    return f"I slept well that night, thank you for writing this down. [{number}]"

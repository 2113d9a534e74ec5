"""A receiver of webhooks on a port of this machine, which keeps what it gets and answers as it is told."""

import re
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class WebhookPeer:
    """
    ``received`` holds each request, all of its headers in lower case.

    ``statuses`` are given to the next requests in place of 204; ``before_answer`` is called with a request
    that is kept and not answered yet.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.before_answer: Callable[[Received], None] = lambda request: None
        self.arrived = threading.Event()
        self._server = ThreadingHTTPServer((self.host, 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> "WebhookPeer":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/hook?key=1"

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.received]


def read_request(line: socket.socket) -> bytes:
    """Read a whole request: who closes with a part unread loses the answer that was sent before."""
    heard = line.makefile("rb")
    head = b"".join(iter(heard.readline, b"\r\n"))
    length = re.search(rb"^content-length: (\d+)", head, re.IGNORECASE | re.MULTILINE)
    assert length
    return head + heard.read(int(length[1]))


def _handler(peer: WebhookPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.path, headers, body)
            peer.received.append(request)
            peer.arrived.set()
            peer.before_answer(request)
            self.send_response(peer.statuses.pop(0) if peer.statuses else 204)
            for name, value in peer.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    return Handler

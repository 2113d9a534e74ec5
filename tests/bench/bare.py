"""The least that the server can do: one answer, always the same bytes, by an application of three lines."""

import json
import os
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from cms.management.web_server import PROCESSES

ANSWER = "BARE_ANSWER"  # names a directory with the headers and the body
HEADERS, BODY = "headers.json", "body"


def read() -> tuple[list[tuple[str, str]], bytes]:
    folder = Path(os.environ[ANSWER])
    headers = json.loads((folder / HEADERS).read_text())
    return [(name, value) for name, value in headers], (folder / BODY).read_bytes()


class ByRsgi:
    def __rsgi_init__(self, loop) -> None:
        self.headers, self.body = read()

    async def __rsgi__(self, scope, protocol) -> None:
        protocol.response_bytes(200, self.headers, self.body)


class ByWsgi:
    answer = None

    def __call__(self, environ, start_response):
        headers, body = self.answer = self.answer or read()
        start_response("200 OK", headers)
        return [body]


by_rsgi, by_wsgi = ByRsgi(), ByWsgi()


def serve(host: str, port: int, interface: str, folder: str) -> None:
    os.environ[ANSWER] = folder
    Granian(
        f"tests.bench.bare:by_{interface}",
        address=host,
        port=port,
        interface=Interfaces(interface),
        http=HTTPModes.http1,
        workers=PROCESSES,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()

"""A request as WSGI knows it, and Django's answer to it."""

import sys
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, Protocol

from granian.rsgi import Scope

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
JOINED_BY = {"COOKIE": "; "}  # of a header that came more than once; a comma for every other


class FileAnswer:
    """What Django wraps an open file in, so that it is sent by its name instead of being read."""

    def __init__(self, file: BinaryIO, block_size: int = 0) -> None:
        self.file = file

    def close(self) -> None:
        self.file.close()


class Content(Protocol):
    """What Django answers with, piece by piece."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: Content | FileAnswer


def environ(scope: Scope, body: BinaryIO | SpooledTemporaryFile[bytes], length: int) -> Environ:
    """
    Return the environment of PEP 3333.

    A header whose name has an underscore is left out: it would pass for the one that a proxy sets.
    """
    server, _, port = scope.server.rpartition(":")
    return {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _as_bytes(scope.path),
        "QUERY_STRING": _as_bytes(scope.query_string),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileAnswer,
        **_headers(scope),
    }


def _as_bytes(text: str) -> str:
    """Return a character for each byte, as PEP 3333 wants it."""
    return text.encode().decode("latin-1")


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        if "_" in name or name == "content-length":
            continue
        key = name.upper().replace("-", "_")
        if key != "CONTENT_TYPE":
            key = f"HTTP_{key}"
        headers[key] = f"{headers[key]}{JOINED_BY.get(key[5:], ',')}{value}" if key in headers else value
    if "HTTP_COOKIE" in headers:
        headers["HTTP_COOKIE"] = _without_escapes(headers["HTTP_COOKIE"])
    if scope.authority:  # of a target like http://host/path
        named = headers.setdefault("HTTP_HOST", scope.authority)
        if named != scope.authority:  # like a header that came twice: Django takes neither
            headers["HTTP_HOST"] = f"{named},{scope.authority}"
    return headers


def _without_escapes(cookies: str) -> str:
    """
    Leave out the cookies that have a backslash: neither we nor Django set one.

    Python before 3.11.10 and 3.12.6 reads escapes in time that grows with the square (CVE-2024-7592).
    """
    return ";".join(cookie for cookie in cookies.split(";") if "\\" not in cookie)


def call(app: Callable[..., Content | FileAnswer], env: Environ) -> Answer:
    """Run the application up to its answer. The caller closes its body."""
    status, headers = 0, []

    def start_response(line: str, fields: Headers, exc_info: Any = None) -> None:
        nonlocal status, headers
        status, headers = int(line[:3]), [(name.lower(), value) for name, value in fields]

    body = app(env, start_response)
    return Answer(status, headers, body)

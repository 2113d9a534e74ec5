"""A client of the server under measurement: one connection, kept open, that costs as little as can be."""

import http.client
import re
from urllib.parse import urlencode

from tests.own_site import HOST

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Door:
    def __init__(self, port: int, **headers: str) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self.headers = headers

    def get(self, path: str) -> bytes:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"
        return body

    def post(self, path: str, body: str, headers: dict[str, str]) -> int:
        """Return the status."""
        self.connection.request("POST", path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

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

"""Somebody with a browser or a program, at an address of their own, who sends what they like."""

import http.client
import json
import re
import time
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from requests import Request

from tests.attack import wire
from tests.editor import fields

OURS = "https://localhost"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
FORM = "application/x-www-form-urlencoded"
LOG_IN, ACCOUNT = "/admin/login/", "/admin/account/"


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def whole(self) -> bytes:
        return str(self.headers).encode() + self.body

    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Comes through the proxy, which adds ``address`` to whatever is claimed, and says https."""

    def __init__(self, port: int, address: str, *, proxied: bool = True, **headers: str) -> None:
        self.port, self.address, self.proxied, self.headers = port, address, proxied, headers
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []

    def ask(self, method: str, path: str, body: bytes | str = b"", **headers: str | None) -> Answer:
        """Send a request. An underscore in a header's name is written as a hyphen; None leaves it out."""
        sent = self._headers(headers)
        door = wire.http(self.port, source=wire.PROXY if self.proxied else wire.DIRECT)
        begun = time.monotonic()
        try:
            door.request(method, path, body, sent)
            got = door.getresponse()
            answer = Answer(got.status, got.headers, got.read(), time.monotonic() - begun)
        finally:
            door.close()
        self._keep(answer)
        return answer

    def _headers(self, given: dict[str, str | None]) -> dict[str, str]:
        named = {name.replace("_", "-").title(): value for name, value in {**self.headers, **given}.items()}
        sent = {"Host": "localhost", "Accept-Encoding": "identity", **named}
        if self.cookies and "Cookie" not in named:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.proxied:
            claimed = sent.get("X-Forwarded-For")
            sent["X-Forwarded-For"] = f"{claimed}, {self.address}" if claimed else self.address
            sent["X-Forwarded-Proto"] = "https"
        return {name: value for name, value in sent.items() if value is not None}

    def _keep(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            self.set_cookies.append(line)
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, sent: Any, **headers: str | None) -> Answer:
        """Send a form as a page of the site would."""
        return self.ask("POST", path, urlencode(sent), **{"Content_Type": FORM, "Origin": OURS, **headers})

    def post_json(self, path: str, body: Any, method: str = "POST", **headers: str | None) -> Answer:
        sent = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.ask(method, path, sent, **{"Content_Type": "application/json", **headers})

    def submit(self, page: str, typed: dict[str, str], *, to: str = "", **headers: str | None) -> Answer:
        """Open a page, and send its token with fields of one's own."""
        token = TOKEN.search(self.get(page).text)
        sent = {"csrfmiddlewaretoken": token[1]} if token else {}
        return self.post(to or page, {**sent, **typed}, **headers)

    def upload(
        self, page: str, typed: dict[str, str], files: dict[str, tuple], *, to: str = "", **headers: str
    ) -> Answer:
        token = TOKEN.search(self.get(page).text)
        sent = {"csrfmiddlewaretoken": token[1]} if token else {}
        form = Request("POST", OURS, data={**sent, **typed}, files=files).prepare()
        kind = form.headers["Content-Type"]
        return self.ask("POST", to or page, form.body, **{"Content_Type": kind, "Origin": OURS, **headers})

    def log_in(self, name: str, password: str, **typed: str) -> Answer:
        return self.submit(LOG_IN, {"username": name, "password": password, **typed})

    def save_account(self, **typed: str) -> Answer:
        """Send the form of the account page as it stands, but for what is typed."""
        return self.post(ACCOUNT, {**fields(self.get(ACCOUNT).text, having="theme-theme"), **typed})

    def comment_form(self, page: str) -> dict[str, str]:
        """Return what a page's comment form sends beside what is typed."""
        form = self.get(page).text.partition('id="comment-form"')[2].partition("</form>")[0]
        return {**dict(HIDDEN.findall(form)), "honeypot": ""}

    def comment(self, page: str, /, **typed: str) -> Answer:
        words = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}
        return self.post(page, {**self.comment_form(page), **words, **typed})

    def message(self, page: str, /, **typed: str) -> Answer:
        form = self.get(page).text.partition('id="contact-form"')[2].partition("</form>")[0]
        words = {"name": "Ben", "email": "ben@example.org", "message": "Do you open on Saturdays?"}
        return self.post(page, {**dict(HIDDEN.findall(form)), "honeypot": "", **words, **typed})

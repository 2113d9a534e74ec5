"""A browser that signs in step by step, and an app that shows codes."""

import base64
import re
from html import unescape

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from cms.second_factor import sure
from tests.conftest import visitor
from tests.factories import PASSWORD

LOG_IN, STEP, OVERVIEW = "/admin/login/", "/admin/login/second/", "/admin/second-factor/"
APP, CONFIRM, CODES = f"{OVERVIEW}app/", f"{OVERVIEW}confirm/", f"{OVERVIEW}codes/"
KEPT, NEW = f"{CODES}kept/", f"{CODES}new/"
REMOVE, PASSKEY = f"{OVERVIEW}remove/", f"{OVERVIEW}passkey/"


class App:
    """The app on a phone, to which somebody has typed the key of a page."""

    def __init__(self, page: str) -> None:
        key = re.search(r'second-factor-key">([^<]+)<', page)[1].replace("-", "")
        self.key = base64.b32decode(key)

    def code(self, steps: int = 0) -> str:
        at = int(timezone.now().timestamp()) + 30 * steps
        return TOTP(self.key, 6, SHA1(), 30).generate(at).decode()  # noqa: S303 -- what apps compute


class Browser:
    """One that keeps its cookies, at an address of the network."""

    def __init__(self, address: str = "203.0.113.9") -> None:
        self.client, self.address = visitor(), address

    def get(self, url: str, **how):
        return self.client.get(url, REMOTE_ADDR=self.address, **how)

    def post(self, url: str, *, page: str = "", **fields: str):
        """Send a form of a page; the page is the form's own address, unless another one shows it."""
        shown = self.get(page or url, follow=True).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
        sent = {**fields, **({"csrfmiddlewaretoken": token[1]} if token else {})}
        return self.client.post(url, sent, REMOTE_ADDR=self.address)

    def give_password(self, name: str, password: str = PASSWORD, to: str = "/admin/"):
        return self.post(LOG_IN, username=name, password=password, next=to)

    def give_code(self, code: str):
        return self.post(STEP, code=code)

    def confirm(self, code: str = "", password: str = PASSWORD):
        return self.post(CONFIRM, current_password=password, code=code)

    def set_up_app(self) -> tuple[App, list[str]]:
        """Set up an app where somebody may; return it, and the recovery codes if there are new ones."""
        app = App(self.get(APP).content.decode())
        self.post(APP, code=app.code())
        return app, self.keep_codes()

    def forget_proof(self) -> None:
        """Be asked for the factor again, as ten minutes after it was shown."""
        session = self.client.session
        del session[sure.UNTIL]
        session.save()

    def without_checks(self) -> Client:
        """Return the same browser, for forms that are sent without being read before."""
        client = Client(headers={"host": "localhost"})
        client.cookies = self.client.cookies
        return client

    def keep_codes(self) -> list[str]:
        """Keep the new recovery codes, if there are any; return them."""
        new = codes_on(self.get(CODES).content.decode())
        if new:
            self.post(KEPT, page=CODES)
        return new

    def is_in(self) -> bool:
        return self.get("/admin/").status_code == 200

    def is_named(self) -> bool:
        """Say whether the session names somebody to Django."""
        return SESSION_KEY in self.client.session


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code>", unescape(page))


def with_app(name: str) -> tuple[Browser, App, list[str]]:
    """Sign somebody in who has no factor yet, and set up an app."""
    browser = Browser("198.51.100.77")
    browser.give_password(name)
    browser.confirm()
    return browser, *browser.set_up_app()

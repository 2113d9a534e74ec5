"""Django's session store, with an end that cannot be postponed.

A row is found by a digest of what the cookie holds, and its data are sealed with a key of both the cookie and
SECRET_KEY: a link to a new password that was opened, say, waits in there.
"""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, SessionBase
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cms.sessions.models import Session

DIGEST_LENGTH = 40  # hexadecimal characters: 160 bits
SEEN_IN_AN_IDLE_TIME = 20  # how often activity is written, of all that there is


def digest(session_key: str) -> str:
    """Return what a session is found by. It can be neither made nor reversed without SECRET_KEY."""
    return salted_hmac("cms.sessions", session_key, algorithm="sha256").hexdigest()[:DIGEST_LENGTH]


class SessionStore(db.SessionStore):
    """A session that knows when it began, when its person was last seen, and by which browser."""

    began_at: datetime | None
    seen_at: datetime | None
    browser: str
    # Of Django's SessionBase, whose stubs leave them out.
    _session: dict[str, Any]
    _get_new_session_key: Callable[[], str]
    _get_or_create_session_key: Callable[[], str]

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._forget_row()

    # Django's asynchronous methods would look for the key itself.
    aload, aexists, acreate, asave, adelete = (
        SessionBase.aload,
        SessionBase.aexists,
        SessionBase.acreate,
        SessionBase.asave,
        SessionBase.adelete,
    )

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def begin(self, browser: str) -> None:
        """Count from now on, when a person has logged in."""
        self.began_at = self.seen_at = timezone.now()
        self.browser = browser
        self.modified = True

    def create(self) -> None:
        """
        Raises SessionInterrupted where the user has been deleted meanwhile.

        Django would take that for a duplicate key and try others for ever. No key comes up twice.
        """
        self._session_key = self._get_new_session_key()
        try:
            self.save(must_create=True)
        except CreateError as error:
            raise SessionInterrupted("Its person is gone.") from error
        self.modified = True

    def touch(self) -> None:
        """Record activity, a few times in the span after which an idle session ends."""
        now = timezone.now()
        if self.began_at is None or self.seen_at is None:
            return
        if now - self.seen_at < _idle_time() / SEEN_IN_AN_IDLE_TIME:
            return
        self.seen_at = now
        self._row(self.session_key).update(
            seen_at=now, expire_date=_ends_at(self.began_at, now, self._session)
        )

    def load(self) -> dict[str, Any]:
        row = self._row(self.session_key).filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        self.began_at, self.seen_at, self.browser = row.began_at, row.seen_at, row.browser
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return self._row(session_key).exists()

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            self._row(key).delete()

    def flush(self) -> None:
        super().flush()
        self._forget_row()

    def encode(self, session_dict: dict[str, Any]) -> str:
        return self._cipher().encrypt(self.serializer().dumps(session_dict)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return nothing for data that is not sealed under this key, as Django does."""
        try:
            return self.serializer().loads(self._cipher().decrypt(session_data))
        except (InvalidToken, ValueError):
            return {}

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        self.began_at, self.seen_at = self.began_at or now, self.seen_at or now
        return Session(
            session_key=digest(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=_ends_at(self.began_at, self.seen_at, data),
            user_id=data.get(SESSION_KEY),
            began_at=self.began_at,
            seen_at=self.seen_at,
            browser=self.browser,
        )

    def _cipher(self) -> Fernet:
        key = salted_hmac("cms.sessions.data", self._get_or_create_session_key(), algorithm="sha256")
        return Fernet(base64.urlsafe_b64encode(key.digest()))

    def _row(self, session_key: str | None) -> QuerySet[Session]:
        return Session.objects.filter(session_key=digest(session_key or ""))

    def _forget_row(self) -> None:
        self.began_at = self.seen_at = None
        self.browser = ""


def of(request: HttpRequest) -> SessionStore:
    """Return the session of a request. Raises TypeError where SESSION_ENGINE names another store."""
    if not isinstance(request.session, SessionStore):
        raise TypeError("SESSION_ENGINE is not cms.sessions.store.")
    return request.session


def _ends_at(began_at: datetime, seen_at: datetime, data: dict[str, Any]) -> datetime:
    latest = began_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(latest, seen_at + _idle_time()) if SESSION_KEY in data else latest


def _idle_time() -> timedelta:
    return timedelta(seconds=settings.SESSION_IDLE_TIME)

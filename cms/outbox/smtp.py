"""
The courier of mail: one connection to the mail server for many mails, and a name for all that can happen.

``EMAIL_TIMEOUT`` limits one step on the wire; a server that says one byte now and then never exceeds it. So a
clock of its own limits the whole delivery, and cuts the line under whoever waits at the other end.
"""

import re
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from cms.outbox.couriers import Refused
from cms.outbox.models import Refusal

TIME_LIMIT = 40.0  # seconds for one mail, connection included; well below the lease
REPLIES, PERMANENT = range(200, 600), 500
MAILBOX_STATUS = re.compile(rb"(4\.2\.\d+|5\.2\.2)\b")  # RFC 3463: of the mailbox, and for now; full
ANY_STATUS = re.compile(rb"[245]\.\d+\.\d+\b")
MAILBOX_CODES = frozenset({450, 452, 552})  # RFC 5321, said of a recipient without such a status
NOT_THE_MAILS_FAULT = frozenset({530, 534, 535, 538})  # of the log-in or of TLS: the site's to mend


class TimeLimitError(OSError):
    """The whole delivery took too long."""


class Line:
    """The socket under a connection, which another thread may cut, and whether a whole mail went over it."""

    def __init__(self) -> None:
        self.handed_over = False
        self.cut_off = False
        self._socket: socket.socket | None = None
        self._turn = threading.Lock()

    def watch(self, plain: socket.socket) -> None:
        """Keep a double of the socket: TLS takes the first one over. Raises TimeLimitError if too late."""
        with self._turn:
            self._forget()
            if self.cut_off:
                plain.close()
                raise TimeLimitError
            self._socket = plain.dup()

    def cut(self) -> None:
        with self._turn:
            self.cut_off = True
            if self._socket:
                with suppress(OSError):  # the other side was quicker
                    self._socket.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        with self._turn:
            self._forget()

    def _forget(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Cut the line when what is done within takes longer."""
        self.handed_over = self.cut_off = False
        clock = threading.Timer(seconds, self.cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()


class _Watched(smtplib.SMTP):
    line: Line  # of the class: it is needed before smtplib has made anything else

    def _get_socket(self, *args: Any) -> socket.socket:
        plain = super()._get_socket(*args)
        self.line.watch(plain)
        return plain

    def send(self, s: str | bytes) -> None:
        """Commands are text; only a mail's content is bytes, and it goes in one piece, its end included."""
        super().send(s)
        if isinstance(s, bytes):
            self.line.handed_over = True
            self.sock.settimeout(TIME_LIMIT)  # it is being read: whoever goes away now must send it again


class _WatchedTLS(smtplib.SMTP_SSL, _Watched):
    """TLS from the start: SMTP_SSL asks the class after it for the plain socket."""


class Transport(EmailBackend):
    """Django's way to a mail server, on a line that can be cut."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = Line()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        watched = _WatchedTLS if self.use_ssl else _Watched
        return type(watched.__name__, (watched,), {"line": self.line})

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        if self.connection and self.connection.sock:
            self.connection.sock.settimeout(self.timeout)
        return super().send_messages(email_messages)

    def hang_up(self) -> None:
        """Close without a word: the other side may not be listening."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                connection.close()
        self.connection = self._partial_connection = None
        self.line.forget()


class MailCourier:
    """Carries EmailMessages to where EMAIL_URL says. Unless that is a mail server, nothing can be refused."""

    def __init__(self) -> None:
        self._transport = get_connection(settings.OUTBOX_TRANSPORT)
        self._over_smtp = isinstance(self._transport, Transport)

    def hosts(self, letter: EmailMessage) -> tuple[str, str]:
        if not self._over_smtp or not letter.recipients():
            return "", ""
        return settings.EMAIL_HOST, letter.recipients()[0].rpartition("@")[2].lower()

    def carry(self, letter: EmailMessage, *, name: str) -> Refused | None:
        letter.extra_headers["Message-ID"] = f"<{name}@{urlsplit(settings.SITE_URL).hostname}>"
        letter.connection = self._transport
        if not letter.recipients():
            return Refused(Refusal.RECIPIENT, "no address")
        if not self._over_smtp:
            return self._put_down(letter)
        line = self._transport.line
        with line.at_most(TIME_LIMIT):
            try:
                self._send(letter)
            except (smtplib.SMTPException, OSError) as error:
                if not isinstance(error, smtplib.SMTPRecipientsRefused):
                    self._transport.hang_up()  # smtplib does not always end what it began
                code = 0 if line.cut_off else _code(error)
                return _replied(error, code) if code else _fell_silent(error, line)
        return None

    def close(self) -> None:
        """Take leave politely, but not for long."""
        if not self._over_smtp:
            return
        with self._transport.line.at_most(settings.EMAIL_TIMEOUT), suppress(smtplib.SMTPException, OSError):
            self._transport.close()
        self._transport.hang_up()

    def _send(self, letter: EmailMessage) -> None:
        """A server that ended a connection it had before gets the mail over a fresh one, at once."""
        fresh = self._transport.open()
        try:
            letter.send()
        except smtplib.SMTPServerDisconnected:
            if fresh or self._transport.line.handed_over or self._transport.line.cut_off:
                raise
            self._transport.hang_up()
            self._transport.open()
            letter.send()

    def _put_down(self, letter: EmailMessage) -> Refused | None:
        try:
            letter.send()
        except OSError as error:
            return Refused(Refusal.FOR_NOW, type(error).__name__)
        return None


def _code(error: Exception) -> int:
    """Return the server's reply code, 0 when it made none, or one that is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
    else:
        code = getattr(error, "smtp_code", 0)
    return code if code in REPLIES else 0


def _replied(error: Exception, code: int) -> Refused:
    """The server said no. Refused for good is what it said of this mail; the rest is tried again."""
    answer = f"{type(error).__name__} {code}"
    if _of_the_mailbox(error, code):
        return Refused(Refusal.MAILBOX, answer)
    about_the_mail = (smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused)
    if code < PERMANENT or code in NOT_THE_MAILS_FAULT or not isinstance(error, about_the_mail):
        return Refused(Refusal.FOR_NOW, answer)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return Refused(Refusal.RECIPIENT, answer)
    return Refused(Refusal.FOR_GOOD, answer)


def _of_the_mailbox(error: Exception, code: int) -> bool:
    """Whether only this mailbox takes nothing, and only for now. What is in doubt is the server's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        words = next(iter(error.recipients.values()))[1]
        return bool(MAILBOX_STATUS.match(words)) or (code in MAILBOX_CODES and not ANY_STATUS.match(words))
    return isinstance(error, smtplib.SMTPDataError) and bool(MAILBOX_STATUS.match(error.smtp_error))


def _fell_silent(error: Exception, line: Line) -> Refused:
    kind = TimeLimitError if line.cut_off else type(error)
    if line.handed_over:
        return Refused(Refusal.DROPPED, f"after DATA: {kind.__name__}")
    return Refused(Refusal.FOR_NOW, f"no connection: {kind.__name__}")

"""
The mail courier: one connection to the mail server for many mails, and a name for every result.

``EMAIL_TIMEOUT`` limits one step on the wire, ``TIME_LIMIT`` the whole delivery.
"""

import email.policy
import re
import smtplib
import socket
from collections.abc import Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage as ParsedMail
from email.parser import BytesParser
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from cms.outbox.couriers import Refused
from cms.outbox.line import Line, TimeLimitError
from cms.outbox.models import Failure
from cms.text.mail_address import needs_smtputf8, on_the_wire

TIME_LIMIT = 40.0  # seconds for one mail, connection included; well below the lease
REPLIES, PERMANENT = range(200, 600), 500
MAILBOX_STATUS = re.compile(rb"(4\.2\.\d+|5\.2\.2)\b")  # RFC 3463: of the mailbox, and for now; full
ANY_STATUS = re.compile(rb"[245]\.\d+\.\d+\b")
MAILBOX_CODES = frozenset({450, 452, 552})  # RFC 5321, said of a recipient without such a status
NOT_THE_MAILS_FAULT = frozenset({530, 534, 535, 538})  # log-in or TLS: a fault of the site's settings
# Up to the limit of RFC 5322: Python 3.11 loses the quotes of a name that it breaks into two lines.
IN_UTF8 = email.policy.SMTPUTF8.clone(max_line_length=998)


if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class LettersError(Exception):
    """The address has non-ASCII letters before the @, and the mail server does not accept them."""


class _Watched(smtplib.SMTP):
    line: Line  # on the class: it is needed before smtplib's own __init__ is done

    def _get_socket(self, *args: Any) -> socket.socket:
        plain = super()._get_socket(*args)  # type: ignore[misc]  # typeshed leaves it out
        self.line.watch(plain)
        return plain

    def send(self, s: "ReadableBuffer | str") -> None:
        """Note a whole mail: commands are text; only a mail's content is bytes, in one piece with its end."""
        super().send(s)
        if isinstance(s, bytes) and self.sock:
            self.line.handed_over = True
            self.sock.settimeout(
                TIME_LIMIT
            )  # the server is reading it: a disconnection now means sending it again


class _WatchedTLS(smtplib.SMTP_SSL, _Watched):
    """TLS from the start: SMTP_SSL asks the class after it for the plain socket."""


class Transport(EmailBackend):
    """Django's SMTP backend, on a line that can be cut."""

    _partial_connection: smtplib.SMTP | None  # of Django 5.2: one that has not logged in yet

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = Line()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        watched = _WatchedTLS if self.use_ssl else _Watched
        return type(watched.__name__, (watched,), {"line": self.line})

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.connection and self.connection.sock:
            self.connection.sock.settimeout(self.timeout)
        return super().send_messages(email_messages)

    def _send(self, email_message: EmailMessage) -> bool:
        """Send a mail. Django encodes the part before the @ like a subject, which changes the mailbox."""
        if not _beyond_ascii(email_message):
            return super()._send(email_message)  # type: ignore[misc]  # django-stubs leaves it out
        if self.connection is None:
            raise smtplib.SMTPServerDisconnected
        self.connection.ehlo_or_helo_if_needed()
        if not self.connection.has_extn("smtputf8"):
            raise LettersError
        sender = on_the_wire(parseaddr(email_message.from_email)[1])
        content = in_utf8(email_message, IN_UTF8).as_bytes()
        options = ["SMTPUTF8", "BODY=8BITMIME"]  # RFC 6531 asks for both
        self.connection.sendmail(sender, email_message.recipients(), content, options)
        return True

    def hang_up(self) -> None:
        """Close without QUIT: the other side may not be listening."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                connection.close()
        self.connection = self._partial_connection = None
        self.line.forget()


def in_utf8(letter: EmailMessage, policy: "email.policy.EmailPolicy[ParsedMail]") -> ParsedMail:
    """Return a mail whose address headers are plain UTF-8 (RFC 6532). Raises BadHeaderError."""
    mail = BytesParser(policy=policy).parsebytes(letter.message().as_bytes())
    for name, people in (("From", [letter.from_email]), ("To", letter.to), ("Reply-To", letter.reply_to)):
        del mail[name]
        if people:
            mail[name] = [_named(person) for person in people]
    return mail


def _named(person: str) -> Address:
    name, address = parseaddr(person)
    local, _, domain = on_the_wire(address).rpartition("@")
    return Address(name, local, domain)


def _beyond_ascii(letter: EmailMessage) -> bool:
    return any(map(needs_smtputf8, (parseaddr(letter.from_email)[1], *letter.recipients())))


class MailCourier:
    """Delivers EmailMessages to where EMAIL_URL says. Only a mail server can refuse one."""

    def __init__(self) -> None:
        self._transport = get_connection(settings.OUTBOX_TRANSPORT)
        self._over_smtp = isinstance(self._transport, Transport)

    def hosts(self, letter: EmailMessage) -> tuple[str, str]:
        if not self._over_smtp or not letter.recipients():
            return "", ""
        return settings.EMAIL_HOST, on_the_wire(letter.recipients()[0]).rpartition("@")[2].lower()

    def carry(self, letter: EmailMessage, *, name: str) -> Refused | None:
        letter.extra_headers["Message-ID"] = f"<{name}@{urlsplit(settings.SITE_URL).hostname}>"
        letter.connection = self._transport
        letter.to = [on_the_wire(address) for address in letter.to]
        letter.reply_to = [on_the_wire(address) for address in letter.reply_to]
        if not letter.recipients():
            return Refused(Failure.RECIPIENT, "no address")
        if not self._over_smtp:
            return self._write_down(letter)
        line = self._transport.line
        with line.at_most(TIME_LIMIT):
            try:
                self._send(letter)
            except LettersError:
                return _unable(letter)
            except (smtplib.SMTPException, OSError) as error:
                if not isinstance(error, smtplib.SMTPRecipientsRefused):
                    self._transport.hang_up()  # smtplib does not always close the connection
                code = 0 if line.cut_off else _code(error)
                return _replied(error, code) if code else _fell_silent(error, line)
        return None

    def close(self) -> None:
        """Close with QUIT, within a time limit."""
        if not self._over_smtp:
            return
        with self._transport.line.at_most(settings.EMAIL_TIMEOUT), suppress(smtplib.SMTPException, OSError):
            self._transport.close()
        self._transport.hang_up()

    def _send(self, letter: EmailMessage) -> None:
        """Send a mail. If the server has closed an earlier connection, use a new one at once."""
        fresh = self._transport.open()
        try:
            letter.send()
        except smtplib.SMTPServerDisconnected:
            if fresh or self._transport.line.handed_over or self._transport.line.cut_off:
                raise
            self._transport.hang_up()
            self._transport.open()
            letter.send()

    def _write_down(self, letter: EmailMessage) -> Refused | None:
        if _beyond_ascii(letter):
            written = in_utf8(letter, IN_UTF8.clone(linesep="\n"))
            letter.message = lambda: written  # type: ignore[method-assign]  # Django would write it anew
        try:
            letter.send()
        except OSError as error:
            return Refused(Failure.FOR_NOW, type(error).__name__)
        return None


def _unable(letter: EmailMessage) -> Refused:
    """Refuse a mail for its recipient's address; retry for the sender's, which is a fault of the settings."""
    if any(map(needs_smtputf8, letter.recipients())):
        return Refused(Failure.LETTERS, "no SMTPUTF8")
    return Refused(Failure.FOR_NOW, "no SMTPUTF8 for the sender")


def _code(error: Exception) -> int:
    """Return the server's reply code, 0 when it sent none or an invalid one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
    else:
        code = getattr(error, "smtp_code", 0)
    return code if code in REPLIES else 0


def _replied(error: Exception, code: int) -> Refused:
    """Name a failure by the answer. It is for good if it concerns this mail; anything else is retried."""
    answer = f"{type(error).__name__} {code}"
    if _of_the_mailbox(error, code):
        return Refused(Failure.MAILBOX, answer)
    about_the_mail = (smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused)
    if code < PERMANENT or code in NOT_THE_MAILS_FAULT or not isinstance(error, about_the_mail):
        return Refused(Failure.FOR_NOW, answer)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return Refused(Failure.RECIPIENT, answer)
    return Refused(Failure.FOR_GOOD, answer)


def _of_the_mailbox(error: Exception, code: int) -> bool:
    """Say whether only this mailbox refuses mail, and only for now. In doubt it is the server."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        words = next(iter(error.recipients.values()))[1]
        return bool(MAILBOX_STATUS.match(words)) or (code in MAILBOX_CODES and not ANY_STATUS.match(words))
    if not isinstance(error, smtplib.SMTPDataError) or isinstance(error.smtp_error, str):
        return False
    return bool(MAILBOX_STATUS.match(error.smtp_error))


def _fell_silent(error: Exception, line: Line) -> Refused:
    kind = TimeLimitError if line.cut_off else type(error)
    if line.handed_over:
        return Refused(Failure.DROPPED, f"after DATA: {kind.__name__}")
    return Refused(Failure.FOR_NOW, f"no connection: {kind.__name__}")

"""A mail server on a port of this machine, which keeps what it takes and can be told to misbehave."""

import email
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

DROP = "drop"


class SmtpPeer:
    """
    ``mails`` holds each mail taken. ``answers`` are given to the next mails in place of 250.

    ``at`` holds what the next MAIL, RCPT or DATA gets as answer, by its address; "" is any, DROP hangs up.
    ``log_in`` is asked for name and password. Without ``utf8`` it offers no SMTPUTF8. ``after_data`` is
    called with a mail that is kept, unanswered.
    """

    host = "127.0.0.1"

    def __init__(
        self, *, log_in: Callable[[bytes, bytes], bool] | None = None, port: int = 0, utf8: bool = True
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.at: dict[tuple[str, str], list[str]] = {}
        self.after_data: Callable[[EmailMessage], None] = lambda mail: None
        self.connections = 0
        self.port = port or free_port()
        auth = {}
        if log_in:
            auth = {"authenticator": _authenticator(log_in), "auth_require_tls": False}
        self._controller = Controller(self, hostname=self.host, port=self.port, enable_SMTPUTF8=utf8, **auth)

    def __enter__(self) -> "SmtpPeer":
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()

    @property
    def message_ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._told("MAIL", address, server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._told("RCPT", address, server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        mail = email.message_from_bytes(envelope.content, policy=default)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        self.after_data(mail)
        return self._told("DATA", envelope.rcpt_tos[0], server) or "250 taken"

    def _told(self, command: str, address: str, server: SMTP) -> str:
        for key in ((command, address), (command, "")):
            if answers := self.at.get(key):
                answer = answers.pop(0)
                if answer == DROP:
                    server.transport.abort()
                return answer
        return ""


class RawPeer:
    """A server that talks as it likes: ``talk`` is given each connection, and what says that all is over."""

    host = "127.0.0.1"

    def __init__(self, talk: Callable[[socket.socket, threading.Event], None]) -> None:
        self.talk = talk
        self.over = threading.Event()
        self.connections = 0
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> "RawPeer":
        self._threads[0].start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._serve, args=(line,)))
            self._threads[-1].start()

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError, ssl.SSLError):
            self.talk(line, self.over)


def say_nothing(line: socket.socket, over: threading.Event) -> None:
    over.wait()


def say_a_byte_now_and_then(line: socket.socket, over: threading.Event) -> None:
    """Never as long silent as a step may last; never at an end either."""
    while not over.wait(0.05):
        line.sendall(b"2")


def drip_in_the_handshake(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"\x16\x03\x03\x3f\xff")  # the head of a long record of TLS
    say_a_byte_now_and_then(line, over)


def fall_into_a_drip(line: socket.socket, over: threading.Event) -> None:
    """Take a mail as it should be, and then answer a byte at a time."""
    line.sendall(b"220 here\r\n")
    heard = line.makefile("rb")
    while not heard.readline().lower().startswith(b"data"):
        line.sendall(b"250 yes\r\n")
    line.sendall(b"354 go on\r\n")
    while heard.readline() != b".\r\n":
        pass
    say_a_byte_now_and_then(line, over)


def _authenticator(log_in: Callable[[bytes, bytes], bool]) -> Callable:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, sent) -> AuthResult:
        return AuthResult(success=log_in(sent.login, sent.password), handled=False)

    return authenticate


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def text_of(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


def words_of(mail: EmailMessage) -> str:
    """Return all that can be read of a mail, decoded: headers, text, HTML."""
    return "\n".join([*map(str, mail.values()), text_of(mail), html_of(mail)])

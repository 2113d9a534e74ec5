"""Takes due rows to the mail server, many over one connection."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from cms.outbox import actions, events
from cms.outbox.models import Delivery
from cms.vault import AddressUnreadableError

logger = logging.getLogger(__name__)

PERMANENT = 500


def deliver_due(limit: int = 100) -> int:
    """Deliver what is due now, at most ``limit`` rows. Return how many were taken."""
    taken = 0
    with _connection() as connection:
        while taken < limit and (delivery := actions.claim()):
            taken += 1
            _deliver(delivery, connection)
    return taken


def _deliver(delivery: Delivery, connection: BaseEmailBackend) -> None:
    try:
        mail = events.render(delivery.event, delivery.subject_id, delivery.recipient)
    except (events.UnknownEventError, AddressUnreadableError) as error:
        logger.error("delivery %s cannot be written: %s", delivery.pk, type(error).__name__)
        actions.refused_for_good(delivery, type(error).__name__)
        return
    except events.NotYetError as wait:
        actions.postpone(delivery, wait.until)
        return
    if mail is None:
        actions.suppress(delivery)
        return
    mail.extra_headers["Message-ID"] = f"<{delivery.message_id}@{_domain()}>"
    try:
        _send(mail, connection)
    except smtplib.SMTPException as error:
        connection.close()
        _refused(delivery, error)
    except OSError as error:
        connection.close()
        actions.refused_for_now(delivery, f"no connection: {type(error).__name__}")
    else:
        actions.sent(delivery)


def _send(mail: EmailMessage, connection: BaseEmailBackend) -> None:
    connection.open()
    mail.connection = connection
    mail.send()


def _refused(delivery: Delivery, error: smtplib.SMTPException) -> None:
    code = _code(error)
    answer = f"{type(error).__name__} {code}" if code else type(error).__name__
    logger.warning("delivery %s refused: %s", delivery.pk, answer)
    if code >= PERMANENT:
        actions.refused_for_good(delivery, answer)
    else:
        actions.refused_for_now(delivery, answer)


def _code(error: smtplib.SMTPException) -> int:
    """Return the server's reply code, 0 for none. Its words are dropped: they may hold an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return 0
    return getattr(error, "smtp_code", 0)


@contextmanager
def _connection() -> Iterator[BaseEmailBackend]:
    """A connection that opens with the first mail and serves them all."""
    connection = get_connection()
    try:
        yield connection
    finally:
        connection.close()


def _domain() -> str:
    """The part of Message-IDs after the @: the site's, never this machine's name."""
    return urlsplit(settings.SITE_URL).hostname

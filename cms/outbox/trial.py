"""
A mail to try where mail goes, and what became of it in a sentence.

It takes the way of every mail: a row, a worker, the mail server. No sentence has an address in it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.brand.clock import site_locale
from cms.brand.names import site_name
from cms.checks import mail_goes_to_files
from cms.outbox import actions, queries, site_mail
from cms.outbox.letters import Letter
from cms.outbox.models import Delivery, Failure, State
from cms.text.mail_address import is_valid

HOUR, MOST_AN_HOUR = timedelta(hours=1), 5


class TooManyError(Exception):
    """A person has sent as many as they may within the hour. ``until`` is when there is room again."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until)


class NoAddressError(ValueError):
    """This is no address that a mail could be sent to."""


class Became(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    NO_WORKER = "no worker", _("No worker is running")
    ACCEPTED = "accepted", _("Accepted by the mail server")
    WRITTEN = "written", _("Written to a file")
    REFUSED = "refused", _("Refused by the mail server")
    UNREACHABLE = "unreachable", _("Mail server not reached")
    STOPPED = "stopped", _("Given up")


class Outcome(NamedTuple):
    became: Became
    sentence: str


@transaction.atomic
def send(to: str, by: User) -> Delivery:
    """Queue a test mail. Raises NoAddressError, TooManyError."""
    if not is_valid(to):
        raise NoAddressError
    recipient, now = f"user:{by.pk}", timezone.now()
    mine = Delivery.objects.filter(event=site_mail.TRIAL, recipient=recipient, created_at__gt=now - HOUR)
    lately = list(mine.order_by("-pk").values_list("created_at", flat=True)[:MOST_AN_HOUR])
    if len(lately) == MOST_AN_HOUR:
        raise TooManyError(lately[-1] + HOUR)
    with site_locale():
        row = site_mail.keep(_letter(), to)
    actions.queue(site_mail.TRIAL, row.pk, recipient)
    return Delivery.objects.get(event=site_mail.TRIAL, subject_id=row.pk, recipient=recipient)


def outcome(pk: int) -> Outcome:
    """Say what has become of a test mail. Raises Delivery.DoesNotExist."""
    row = Delivery.objects.get(pk=pk, event=site_mail.TRIAL)
    if row.state == State.SENT:
        return _delivered()
    if row.state == State.SUPPRESSED:
        return Outcome(Became.STOPPED, gettext("It was not sent: someone gave it up in the outbox."))
    if row.state == State.WAITING and not queries.status().worker_seen:
        words = gettext("No worker is running, so no mail is sent. Start “manage.py deliver”.")
        return Outcome(Became.NO_WORKER, words)
    if not row.failure:
        return Outcome(Became.WAITING, gettext("It waits for its turn. This takes a few seconds."))
    return _failed(row)


def _letter() -> Letter:
    site = site_name()
    return Letter(
        gettext("%(site)s: a test mail") % {"site": site},
        gettext(
            "This is a test mail of %(site)s. It has arrived, so the site can send mail to this address."
            "\n\nThere is nothing to do."
        )
        % {"site": site},
        headers={"Auto-Submitted": "auto-generated"},
    )


def _delivered() -> Outcome:
    if mail_goes_to_files():
        words = gettext(
            "It was written to a file in the folder “mail” of DATA_DIR and sent to no one. Name a mail server"
            " in EMAIL_URL."
        )
        return Outcome(Became.WRITTEN, words)
    words = gettext("%(server)s accepted it. If it does not arrive, look into the spam folder.")
    return Outcome(Became.ACCEPTED, words % {"server": settings.EMAIL_HOST})


def _failed(row: Delivery) -> Outcome:
    """Read the answer that the courier noted: the type of the error, and the server's code."""
    server = {"server": settings.EMAIL_HOST}
    silent, _colon, kind = row.last_answer.rpartition(": ")
    if row.failure == Failure.DROPPED:
        words = gettext("%(server)s disconnected after it got the mail, so no one knows whether it arrived.")
        return Outcome(Became.UNREACHABLE, words % server)
    if silent:
        return Outcome(Became.UNREACHABLE, str(_SILENCES.get(kind, _SILENCE)) % server)
    kind, _space, code = row.last_answer.partition(" ")
    words = str(_REFUSALS.get(kind, _REFUSAL)) % server
    if row.failure == Failure.LETTERS or not code.isdecimal():
        return Outcome(Became.REFUSED, f"{row.get_failure_display()}.")
    return Outcome(
        Became.REFUSED,
        gettext("%(words)s Its answer has the code %(code)s.") % {"words": words, "code": code},
    )


_SILENCE = _("%(server)s could not be reached. Look at host, port and kind of encryption in EMAIL_URL.")
_SILENCES = {
    "gaierror": _("There is no mail server of the name %(server)s. Look at the host in EMAIL_URL."),
    "ConnectionRefusedError": _("Nothing listens at %(server)s. Look at the port in EMAIL_URL."),
    "TimeoutError": _("%(server)s did not answer in time. Look at host and port in EMAIL_URL."),
    "TimeLimitError": _("%(server)s did not answer in time. Look at host and port in EMAIL_URL."),
    "SSLCertVerificationError": _("%(server)s has a certificate that is not valid for its name."),
    "SSLError": _("%(server)s does not encrypt as EMAIL_URL says. Look at smtp+tls:// and smtps://."),
    "SMTPNotSupportedError": _("%(server)s does not offer what EMAIL_URL asks for: encryption or a log-in."),
}
_REFUSAL = _("%(server)s refused it.")
_REFUSALS = {
    "SMTPAuthenticationError": _("%(server)s did not accept the user name and password of EMAIL_URL."),
    "SMTPSenderRefused": _("%(server)s does not send for the sender's address."),
    "SMTPRecipientsRefused": _("%(server)s does not take mail for this recipient."),
    "SMTPDataError": _("%(server)s refused the content of the mail, or what it is sent as."),
}

"""What can happen to a message. The only code that changes one."""

from typing import Protocol

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cms import public_pages
from cms.rate_limit import actions as rate_limit
from home.contact import intake
from home.contact.intake import Addressed
from home.contact.models import ContactMessage
from home.contact.sent import SentMessage
from home.contact.states import State


class TakesMessages(Addressed, Protocol):
    """A page with a contact form."""

    def staff_addresses(self) -> list[str]: ...


READ = "home_contact.read_messages"


class PageClosedError(Exception):
    """The page takes no messages: unpublished, restricted or gone."""


@transaction.atomic
def submit(page: TakesMessages, sent: SentMessage, *, client: str = "") -> ContactMessage:
    """
    Keep a message with a row in the outbox for each recipient; the same message again is the same row.

    ``client`` is who is asking, for the rate limit. Raises PageClosedError, KeyReusedError,
    rate_limit.TooManyError.
    """
    if not public_pages.of(type(page).objects.filter(pk=page.pk)).exists():
        raise PageClosedError
    if earlier := intake.earlier(page.pk, sent):
        return earlier
    if client:
        rate_limit.take(client)
    return intake.keep(page, sent, list(sent.recipients) or page.staff_addresses())


def mark_handled(message: ContactMessage, *, by: AbstractBaseUser) -> bool:
    """Raises PermissionDenied. False when somebody has handled it already."""
    if not by.has_perm(READ):
        raise PermissionDenied
    waiting = ContactMessage.objects.filter(pk=message.pk, state=State.NEW)
    return bool(waiting.update(state=State.HANDLED, handled_at=timezone.now(), handled_by=by))


def mark_unhandled(message: ContactMessage, *, by: AbstractBaseUser) -> bool:
    """Raises PermissionDenied. False when it was not handled."""
    if not by.has_perm(READ):
        raise PermissionDenied
    handled = ContactMessage.objects.filter(pk=message.pk, state=State.HANDLED)
    return bool(handled.update(state=State.NEW, handled_at=None, handled_by=None))

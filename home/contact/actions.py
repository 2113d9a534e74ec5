"""What can happen to a message. The only code that changes one."""

from typing import Protocol

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms import public_pages, vault
from cms.outbox import actions as outbox
from cms.rate_limit import actions as rate_limit
from home.contact import mail
from home.contact.forms import SentMessage
from home.contact.models import ContactMessage, MessageRecipient


class TakesMessages(Protocol):
    """A page with a contact form."""

    pk: int
    title: str

    def staff_addresses(self) -> list[str]: ...


READ = "home_contact.read_messages"


class PageClosedError(Exception):
    """The page takes no messages: unpublished, restricted or gone."""


@transaction.atomic
def submit(page: TakesMessages, sent: SentMessage, *, client: str = "") -> ContactMessage:
    """
    Keep a message with a row in the outbox for each recipient; the same message again is the same row.

    ``client`` is who is asking, for the rate limit. Raises PageClosedError, rate_limit.TooManyError.
    """
    key = sent.words_key(page.pk)
    if not public_pages.of(type(page).objects.filter(pk=page.pk)).exists():
        raise PageClosedError
    if earlier := ContactMessage.objects.filter(words_key=key).first():
        return earlier
    if client:
        rate_limit.take(client)
    try:
        with transaction.atomic():
            return _keep(page, sent, key)
    except IntegrityError:
        # the same message arrived at the same moment, and the other one was first
        return ContactMessage.objects.get(words_key=key)


def mark_handled(message: ContactMessage, *, by: AbstractBaseUser) -> bool:
    """Raises PermissionDenied. False when somebody has handled it already."""
    if not by.has_perm(READ):
        raise PermissionDenied
    waiting = ContactMessage.objects.filter(pk=message.pk, handled_at=None)
    return bool(waiting.update(handled_at=timezone.now(), handled_by=by))


def mark_unhandled(message: ContactMessage, *, by: AbstractBaseUser) -> bool:
    """Raises PermissionDenied. False when it was not handled."""
    if not by.has_perm(READ):
        raise PermissionDenied
    handled = ContactMessage.objects.filter(pk=message.pk).exclude(handled_at=None)
    return bool(handled.update(handled_at=None, handled_by=None))


def _keep(page: TakesMessages, sent: SentMessage, key: str) -> ContactMessage:
    message = ContactMessage.objects.create(
        page_id=page.pk,
        page_title=page.title,
        name=sent.name,
        sealed_address=vault.seal(sent.address),
        address_index=vault.index(sent.address),
        fields=[list(pair) for pair in sent.fields],
        spam=sent.spam,
        words_key=key,
    )
    if not sent.spam:
        for address in dict.fromkeys(page.staff_addresses()):
            recipient = MessageRecipient.objects.create(message=message, sealed_address=vault.seal(address))
            outbox.queue(mail.RECEIVED, message.pk, f"recipient:{recipient.pk}")
    return message

"""What can happen to a message. The only code that changes one."""

from typing import Protocol

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.outbox import queries as outbox_queries
from cms.rate_limit import actions as rate_limit
from cms.rate_limit.clients import Client
from cms.reading import public_pages
from cms.storage.transactions import atomic_or_again
from home.contact import erasing, intake, mail
from home.contact.intake import Addressed
from home.contact.models import DELETE, ContactMessage, MessageNote
from home.contact.sent import SentMessage
from home.contact.states import State


class TakesMessages(Addressed, Protocol):
    """A page with a contact form."""

    def staff_addresses(self) -> list[str]: ...


MOST_STAFF = 100


class PageClosedError(Exception):
    """The page takes no messages: it is unpublished, restricted or deleted."""


@atomic_or_again
def submit(page: TakesMessages, sent: SentMessage, *, client: Client | None = None) -> ContactMessage:
    """
    Store a message with a row in the outbox for each recipient; a repeat of it returns the same row.

    ``client`` identifies the sender for the rate limit. Raises PageClosedError, KeyReusedError,
    rate_limit.TooManyError.
    """
    if not public_pages.takes_words(page):
        raise PageClosedError
    if earlier := intake.earlier(page.pk, sent):
        return earlier
    if client:
        rate_limit.take_post(client)
    return intake.keep(page, sent, list(sent.recipients) or page.staff_addresses())


def mark_handled(message: ContactMessage, *, by: Staff) -> bool:
    """Raises PermissionDenied. Returns False if someone else was first, as each verb below does."""
    _require(message, by)
    return _move(message, {State.NEW}, State.HANDLED, by)


def mark_unhandled(message: ContactMessage, *, by: Staff) -> bool:
    """Raises PermissionDenied."""
    _require(message, by)
    return _move(message, {State.HANDLED}, State.NEW, by)


def mark_as_spam(message: ContactMessage, *, by: Staff) -> bool:
    """Mail about it that is still queued is not sent. Raises PermissionDenied."""
    _require(message, by)
    return _move(message, {State.NEW, State.HANDLED}, State.SPAM, by)


@transaction.atomic
def mark_as_not_spam(message: ContactMessage, *, by: Staff) -> bool:
    """Move it back to new, and queue the mail it would have caused. Raises PermissionDenied."""
    _require(message, by)
    moved = _move(message, {State.SPAM}, State.NEW, by)
    if moved:
        intake.promise_mail(message)
    return moved


@transaction.atomic
def assign(message: ContactMessage, to: Staff | None, *, by: Staff) -> bool:
    """Raises PermissionDenied, also when ``to`` may not read it."""
    _require(message, by)
    if to is not None:
        _require(message, to)
    log(message, "contact.assign", user=by)
    return bool(ContactMessage.objects.filter(pk=message.pk).update(assigned_to=to))


@transaction.atomic
def note(message: ContactMessage, text: str, *, by: Staff) -> MessageNote:
    """Raises PermissionDenied."""
    _require(message, by)
    return MessageNote.objects.create(message=message, text=text, by=by)


def send_again(message: ContactMessage, delivery_id: int, *, by: Staff) -> bool:
    """Put a failed mail about a message back in the queue. Raises PermissionDenied."""
    _require(message, by)
    row = outbox_queries.about(mail.EVENTS, [message.pk]).filter(pk=delivery_id).first()
    return row is not None and outbox.send_again(row)


@transaction.atomic
def delete(message: ContactMessage, *, by: Staff) -> bool:
    """Delete a message permanently, and its rows in the outbox. Raises PermissionDenied."""
    _require(message, by)
    if not by.has_perm(DELETE):
        raise PermissionDenied
    log(message, "contact.delete", user=by)
    return bool(erasing.delete([message.pk])["messages"])


def may_be_assigned(message: ContactMessage) -> list[Staff]:
    """Return who can read a message, at most MOST_STAFF of them."""
    read_all = Permission.objects.filter(content_type__app_label="home_contact", codename="read_messages")
    able = Q(is_superuser=True) | Q(user_permissions__in=read_all) | Q(groups__permissions__in=read_all)
    if message.page_id:
        able |= Q(groups__contact_pages__page=message.page_id)
    staff = get_user_model().objects.filter(able, is_active=True).distinct()
    return list(staff.order_by("username")[:MOST_STAFF])


def _require(message: ContactMessage, by: Staff) -> None:
    if not ContactMessage.objects.visible_to(by).filter(pk=message.pk).exists():
        raise PermissionDenied


@transaction.atomic
def _move(message: ContactMessage, before: set[State], after: State, by: Staff) -> bool:
    """Compare and set: when two people press a button at once, the second gets False."""
    row = ContactMessage.objects.filter(pk=message.pk, state__in=before)
    new = after == State.NEW
    settled = {"handled_at": None if new else timezone.now(), "handled_by": None if new else by}
    moved = bool(row.update(state=after, **settled))
    if moved:
        log(message, f"contact.{after}", user=by)
    return moved

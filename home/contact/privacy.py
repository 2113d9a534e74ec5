"""What is stored about one person among the messages to staff: exported or erased."""

from collections import Counter
from typing import Any

from django.db import models
from django.utils.translation import gettext

from cms import vault
from cms.outbox import queries as outbox_queries
from cms.outbox.models import Delivery
from home.contact import erasing
from home.contact.mail import EVENTS, RECEIVED
from home.contact.models import ContactMessage, MessageCopy, MessageNote


def kept(address: str) -> dict[type[models.Model], list[int]]:
    """Return the ids of the rows that are this person's."""
    messages = ContactMessage.objects.filter(address_index__in=vault.indexes(address))
    return {ContactMessage: list(messages.order_by("pk").values_list("pk", flat=True))}


def export(address: str) -> dict[str, Any]:
    """Return every message with its fields and the state of its mails, but not their recipients."""
    messages = ContactMessage.objects.filter(pk__in=kept(address)[ContactMessage]).order_by("pk")
    messages = messages.prefetch_related("notes", "attachments")
    return {"messages": [_message(message) for message in messages]}


def erase(address: str) -> Counter[str]:
    """Delete the person's messages. Return how many rows of which kind."""
    counts = erasing.delete(kept(address)[ContactMessage])
    return Counter({kind: counts[kind] for kind in ("messages", "recipients", "notes", "files", "mails")})


def _message(message: ContactMessage) -> dict[str, Any]:
    mails = list(outbox_queries.about(EVENTS, [message.pk]))
    return {
        "id": message.pk,
        "page": message.page_title,
        "name": message.name,
        "address": message.reply_address,
        "fields": [{"label": label, "value": value} for label, value in message.labelled_fields],
        "files": [{"name": file.name, "bytes": file.size} for file in message.attachments.all()],
        "subject": message.subject,
        "state": message.get_state_display(),
        "reasons": message.oddities,
        "sent": message.submitted_at,
        "handled": message.handled_at,
        "notes": [_note(note) for note in message.notes.all()],
        "copy": _copy(message),
        "mails_to_staff": [_mail(row) for row in mails if row.event == RECEIVED],
        "mails_to_you": [_mail(row) for row in mails if row.event != RECEIVED],
    }


def _copy(message: ContactMessage) -> dict[str, Any] | None:
    copy = MessageCopy.objects.filter(message=message).first()
    return {"asked": copy.created_at, "confirmed": copy.confirmed_at} if copy else None


def _note(note: MessageNote) -> dict[str, Any]:
    return {"text": note.text, "by": gettext("a member of staff"), "at": note.at}


def _mail(row: Delivery) -> dict[str, Any]:
    return {
        "event": row.event,
        "state": row.state,
        "tried": row.attempts,
        "caused": row.created_at,
        "finished": row.finished_at,
    }

"""Deletes messages with all that belongs to them: the only place that does."""

from collections import Counter

from django.db import transaction

from cms.outbox import actions as outbox
from home.contact import store
from home.contact.mail import EVENTS
from home.contact.models import Attachment, ContactMessage, MessageNote, MessageRecipient


@transaction.atomic
def delete(pks: list[int]) -> Counter[str]:
    """Delete messages and all that belongs to them. Return how many rows of which kind."""
    files = list(Attachment.objects.filter(message__in=pks).values_list("stored_as", flat=True))
    transaction.on_commit(lambda: store.remove(files), robust=True)  # what stays is purged as an orphan
    counts = Counter(
        files=len(files),
        mails=outbox.forget_about(EVENTS, pks),
        recipients=MessageRecipient.objects.filter(message__in=pks).count(),
        notes=MessageNote.objects.filter(message__in=pks).count(),
    )
    gone = ContactMessage.objects.filter(pk__in=pks).delete()[1]
    counts["messages"] = gone.get(ContactMessage._meta.label, 0)
    return counts

"""Messages that fell into the honeypot are not kept. Every other one stays until staff delete it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cms.outbox.chores import BATCH, in_batches
from home.contact.models import ContactMessage
from home.contact.states import State

SPAM_KEPT = timedelta(days=30)


def purge() -> None:
    in_batches(_delete_spam)


@transaction.atomic
def _delete_spam() -> int:
    old = ContactMessage.objects.filter(state=State.SPAM, submitted_at__lt=timezone.now() - SPAM_KEPT)
    batch = old.select_for_update(of=("self",), skip_locked=True).order_by("pk").only("pk")[:BATCH]
    pks = [row.pk for row in batch]
    ContactMessage.objects.filter(pk__in=pks).delete()
    return len(pks)

"""
Deletes what is old. The worker purges every hour, in batches, each a transaction of its own.

Each site sets the number of days (``MessageSettings``). A message that has not been handled stays.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cms.outbox.chores import BATCH, in_batches
from home.contact import copies, erasing, site_settings, store
from home.contact.models import Attachment, ContactMessage
from home.contact.states import State


def purge() -> None:
    """Purge everything. Safe to repeat, and to run twice at once."""
    for settings, here in site_settings.with_their_pages():
        before = _ago(settings.keep_spam_days)
        old = Q(state=State.SPAM) & (Q(handled_at__lt=before) | Q(handled_at=None, submitted_at__lt=before))
        if settings.keep_handled_days is not None:
            old |= Q(state=State.HANDLED, handled_at__lt=_ago(settings.keep_handled_days))
        in_batches(partial(_delete, here, old))
    in_batches(lambda: copies.forget_old(BATCH))
    store.purge_orphans(_known)


@transaction.atomic
def _delete(here: Q, old: Q) -> int:
    """Delete a batch, each row locked so that it is not moved back to new meanwhile."""
    pks = list(ContactMessage.objects.filter(here, old).order_by("pk").values_list("pk", flat=True)[:BATCH])
    still = ContactMessage.objects.filter(old, pk__in=pks).select_for_update(of=("self",), skip_locked=True)
    erasing.delete([message.pk for message in still.only("pk")])
    return len(pks)


def _known(names: list[str]) -> set[str]:
    rows = Attachment.objects.filter(stored_as__in=names)
    return set(rows.values_list("stored_as", flat=True))


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)

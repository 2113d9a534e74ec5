"""
Mail to staff when much happens: so many an hour to a mailbox, and then one about all the others.

A row that comes when its mailbox has had its mails waits. The oldest waiting row becomes a digest once it is
due; when that is sent, the rows it covers are marked as sent. Until then each stays a row of its own: none
is lost when a digest is refused or a worker dies.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from cms import vault
from cms.outbox import actions, events
from cms.outbox.events import NotYetError
from cms.outbox.letters import Letter
from cms.outbox.models import Delivery, DeliveryQuerySet, State

HOUR, SOON = timedelta(hours=1), timedelta(minutes=1)
AT_ONCE = timedelta(seconds=1)  # between the creation of a row and its first due time
MOST_COVERED = 500  # rows of one digest; the next one covers the rest
PURPOSE = "staff mailbox"

One = Callable[[int, str], Letter | None]
Many = Callable[[list[int], str], tuple[Letter, set[int]] | None]


def queue(event: str, subject_id: int, recipient: str, *, address: str) -> None:
    """Queue a mail to a member of staff. Raises OutsideTransactionError."""
    mailbox = vault.keyed_digest(PURPOSE, address.lower())
    actions.queue(event, subject_id, recipient, mailbox=mailbox)


def register(event: str, one: One, many: Many, *, once_ever: bool = False, repeated: bool = False) -> None:
    """
    Register an event with a renderer for one subject and a renderer for many.

    ``one`` returns None when there is nothing to say. ``many`` gets the ids of all subjects and returns a
    mail with the ids it covers, or None where ``one`` says it better. What it does not cover, such as
    spam, stays a row of its own and may be covered later.
    """
    events.register(
        event,
        lambda subject_id, recipient: _letter(_row(event, subject_id, recipient), one, many),
        over=lambda subject_id, recipient: _over(_row(event, subject_id, recipient)),
        once_ever=once_ever,
        repeated=repeated,
    )


def _letter(row: Delivery | None, one: One, many: Many) -> Letter | None:
    """Raises NotYetError."""
    if row is None:
        return None
    if not row.mailbox:
        return one(row.subject_id, row.recipient)
    to_it = Delivery.objects.to_mailbox(row.mailbox)
    _wait_for_an_hour_with_room(to_it)
    if not _has_waited(row):
        return one(row.subject_id, row.recipient)
    waiting = to_it.filter(event=row.event, state=State.WAITING).order_by("pk")
    _wait_for_the_oldest(waiting, row)
    if not waiting.filter(pk=row.pk).exists():
        return None  # another worker's digest has covered it
    return _digest(row, waiting, many) or one(row.subject_id, row.recipient)


def _digest(row: Delivery, waiting: DeliveryQuerySet, many: Many) -> Letter | None:
    others = waiting.exclude(pk=row.pk).values_list("pk", "subject_id")[: MOST_COVERED - 1]
    subjects = {row.pk: row.subject_id, **dict(others)}
    letter, covered = many(list(subjects.values()), row.recipient) or (None, set())
    if row.subject_id not in covered:
        letter, covered = None, set()
    actions.cover(row, [pk for pk, subject in subjects.items() if subject in covered])
    return letter


def _wait_for_an_hour_with_room(to_it: DeliveryQuerySet) -> None:
    """Raises NotYetError while the mailbox has had its mails of the hour. Rows in a digest were no mails."""
    now, most = timezone.now(), settings.STAFF_MAILS_AN_HOUR
    sent = to_it.filter(state=State.SENT, told_in=None, finished_at__gt=now - HOUR).order_by("-finished_at")
    lately = list(sent.values_list("finished_at", flat=True)[:most])
    if len(lately) == most:
        raise NotYetError(lately[-1] + HOUR)


def _wait_for_the_oldest(waiting: DeliveryQuerySet, row: Delivery) -> None:
    older = waiting.filter(pk__lt=row.pk, wanted_since__gt=F("created_at") + AT_ONCE).first()
    if older:
        raise NotYetError(max(older.due_at, timezone.now()) + SOON)


def _has_waited(row: Delivery) -> bool:
    return row.wanted_since > row.created_at + AT_ONCE


def _over(row: Delivery | None) -> None:
    if row and row.state == State.SENT:
        actions.finish_covered(row)


def _row(event: str, subject_id: int, recipient: str) -> Delivery | None:
    return Delivery.objects.filter(event=event, subject_id=subject_id, recipient=recipient).first()

"""All changes to an outbox row. No other code writes one."""

import random
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from cms.outbox import events, queries
from cms.outbox.chores import BATCH
from cms.outbox.models import Delivery, DeliveryQuerySet, Failure, State, Worker
from cms.reading.prepared import insert

LEASE = timedelta(minutes=2)
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
MAX_ATTEMPTS = 1000  # about a week
MAX_WRITINGS = 20  # about two hours
MAX_DROPS = 2
BETWEEN_REPEATS = timedelta(hours=1)
WORKER_FORGOTTEN_AFTER = timedelta(days=1)
KEPT = timedelta(days=30)
FINISHED_WELL = frozenset({State.SENT, State.SUPPRESSED})
ONLY_THIS_RECIPIENT = frozenset({Failure.MAILBOX, Failure.ENDPOINT})


class OutsideTransactionError(RuntimeError):
    """A row was queued outside the transaction of the change that causes it."""


def queue(event: str, subject_id: int, recipient: str, *, mailbox: str = "") -> None:
    """
    Queue one delivery, once for each event, subject and recipient; again only if it was suppressed before.

    A repeated event is queued again after it was sent, an hour later at the earliest: what makes it happen
    again and again fills no mailbox. Where an event says "once, ever", that outlives the purge
    (``forget_finished``).
    ``mailbox`` is the keyed digest by which ``questions`` and ``digests`` recognise the recipient.
    Raises OutsideTransactionError: a row and its cause are committed together or not at all.
    """
    if not connection.in_atomic_block:
        raise OutsideTransactionError(event)
    fields = {"event": event, "subject_id": subject_id, "recipient": recipient}
    if insert(Delivery(**fields, mailbox=mailbox), ignore_conflicts=True):
        return
    ended = Delivery.objects.filter(**fields)
    anew = _anew() | {"mailbox": mailbox}  # the recipient may have another address by now
    ended.filter(state=State.SUPPRESSED).update(**anew)
    if events.is_repeated(event):
        later = Greatest(timezone.now(), F("finished_at") + BETWEEN_REPEATS)
        anew |= {"due_at": later, "wanted_since": later, "message_id": uuid.uuid4(), "drops": 0}
        ended.filter(state=State.SENT).update(**anew)


def claim(among: Q = queries.EVERYTHING) -> Delivery | None:
    """Lease the row that has been due longest, of all or among some."""
    for pk in Delivery.objects.due().filter(among).values_list("pk", flat=True)[:10]:
        holder = uuid.uuid4()
        lease = {"lease_until": timezone.now() + LEASE, "lease_holder": holder, "attempts": F("attempts") + 1}
        if Delivery.objects.due().filter(pk=pk).order_by().update(**lease):
            return Delivery.objects.get(pk=pk)
    return None


def sent(delivery: Delivery) -> bool:
    return _finish(delivery, State.SENT, "accepted", told_in=None)


def suppress(delivery: Delivery) -> bool:
    """End a row that has nothing to say any more, or no recipient."""
    return _finish(delivery, State.SUPPRESSED, "")


def refused(delivery: Delivery, why: Failure, answer: str) -> bool:
    """Record a failed attempt, each kind in its own way."""
    if why == Failure.FOR_NOW:
        return refused_for_now(delivery, answer)
    if why in ONLY_THIS_RECIPIENT:
        return defer_for_recipient(delivery, answer, why=why)
    if why == Failure.DROPPED:
        return dropped(delivery, answer)
    return refused_for_good(delivery, answer, why=why)


def refused_for_good(delivery: Delivery, answer: str, *, why: Failure = Failure.FOR_GOOD) -> bool:
    return _finish(delivery, State.FAILED, answer, failure=why)


def refused_for_now(delivery: Delivery, answer: str) -> bool:
    """Retry at growing intervals up to LONGEST_DELAY, with jitter so that workers spread out."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return refused_for_good(delivery, answer)
    return _later(delivery, answer, failure=Failure.FOR_NOW)


def defer_for_recipient(delivery: Delivery, answer: str, *, why: Failure) -> bool:
    """Retry as often, without counting the queue as late: only this recipient takes nothing."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return refused_for_good(delivery, answer, why=why)
    due_at = timezone.now() + back_off(delivery.attempts)
    return _later(delivery, answer, due_at=due_at, wanted_since=due_at, failure=why)


def dropped(delivery: Delivery, answer: str) -> bool:
    """
    The server disconnected after receiving the whole mail: it may have accepted it or not.

    It is sent once more, with the same Message-ID. After that staff decide each time: someone who may have
    received it twice must not receive it a thousand times.
    """
    drops = delivery.drops + 1
    if drops >= MAX_DROPS:
        return _finish(delivery, State.FAILED, answer, failure=Failure.DROPPED, drops=drops)
    return _later(delivery, answer, failure=Failure.DROPPED, drops=drops)


def unwritten(delivery: Delivery, answer: str) -> bool:
    """Retry a row that raised an unexpected error, but not for ever."""
    if delivery.attempts >= MAX_WRITINGS:
        return refused_for_good(delivery, answer, why=Failure.UNWRITTEN)
    return _later(delivery, answer, failure=Failure.UNWRITTEN)


def postpone(delivery: Delivery, until: datetime) -> bool:
    """Look again at ``until``. This does not count as an attempt to send."""
    return _untried(delivery, due_at=until, wanted_since=until)


def postpone_all(event: str, recipient: str, until: datetime) -> int:
    """Let what waits for one recipient wait until then, as ``postpone`` does; what is due later stays so."""
    return _waiting_for(event, recipient).filter(due_at__lt=until).update(due_at=until, wanted_since=until)


def suppress_all(event: str, recipient: str) -> int:
    """End what waits for one recipient, except what is being delivered right now."""
    ended = {"state": State.SUPPRESSED, "finished_at": timezone.now()}
    return _waiting_for(event, recipient).update(**ended, lease_until=None, lease_holder=None)


def _waiting_for(event: str, recipient: str) -> DeliveryQuerySet:
    return Delivery.objects.waiting().free().filter(event=event, recipient=recipient)


def take_turn(delivery: Delivery, turn: datetime) -> bool:
    """Let it wait in its domain's line. Return False when it is its turn already."""
    return turn > timezone.now() and _untried(delivery, due_at=turn, has_turn=True)


def put_back(delivery: Delivery) -> bool:
    """Give the row back, as if no worker had taken it."""
    return _untried(delivery)


def cover(digest: Delivery, pks: list[int]) -> None:
    """
    Record that a digest, about to be sent, covers these rows and no others. They wait until it is sent.

    Rows that an earlier attempt covered may have become spam since.
    """
    waiting = Delivery.objects.waiting().to_mailbox(digest.mailbox)
    waiting.filter(told_in=digest.pk).exclude(pk__in=pks).update(told_in=None)
    waiting.filter(pk__in=pks).exclude(pk=digest.pk).update(told_in=digest.pk)
    waiting.filter(pk=digest.pk).update(told_in=None)


def finish_covered(digest: Delivery) -> int:
    """Mark the rows that a digest covers as sent, once the digest is sent."""
    covered = Delivery.objects.waiting().to_mailbox(digest.mailbox).filter(told_in=digest.pk)
    done = {"state": State.SENT, "finished_at": timezone.now(), "last_answer": "told in a digest"}
    return covered.update(**done, lease_until=None, lease_holder=None)


def send_again(delivery: Delivery) -> bool:
    """Put a failed row back in the queue. Return False if it has not failed."""
    return bool(Delivery.objects.filter(pk=delivery.pk, state=State.FAILED).update(**_anew()))


def repeat(event: str, subject_id: int, recipient: str) -> bool:
    """Deliver a row again that has ended, in whichever way. Return False if there is none."""
    ended = Delivery.objects.filter(event=event, subject_id=subject_id, recipient=recipient)
    return bool(ended.exclude(state=State.WAITING).update(**_anew()))


@transaction.atomic
def give_up(delivery: Delivery) -> bool:
    """End a row unsent. Return False if it has ended already, or is being delivered right now."""
    open_ones = Delivery.objects.free().filter(state__in=(State.WAITING, State.FAILED))
    given_up = open_ones.filter(pk=delivery.pk).update(
        state=State.SUPPRESSED, finished_at=timezone.now(), lease_until=None, lease_holder=None
    )
    if given_up:
        events.call_over(delivery.event, delivery.subject_id, delivery.recipient)
    return bool(given_up)


def forget(event: str, subject_ids: list[int]) -> int:
    """Delete the rows of deleted subjects."""
    return Delivery.objects.filter(event=event, subject_id__in=subject_ids).delete()[0]


def forget_about(family: str, subject_ids: list[int]) -> int:
    """Delete the rows of deleted subjects, for all events of a family ("comment.")."""
    return queries.about(family, subject_ids).delete()[0]


def forget_recipients(recipients: list[str]) -> int:
    """Delete the rows to deleted recipients."""
    return Delivery.objects.filter(recipient__in=recipients).delete()[0]


def readdress(before: str, after: str) -> None:
    """Merge two recipients who are one person. A row that the other one has already is not doubled."""
    for pk in Delivery.objects.filter(recipient=before).values_list("pk", flat=True):
        row = Delivery.objects.filter(pk=pk)
        try:
            with transaction.atomic():
                row.update(recipient=after)
        except IntegrityError:
            row.delete()


def forget_finished() -> int:
    """
    Delete a batch of rows that ended well, long ago. A failed one stays until staff deal with it.

    What was sent once, ever, stays as long as its subject, with ids and without its mailbox.
    """
    done = Delivery.objects.filter(state__in=FINISHED_WELL, finished_at__lt=timezone.now() - KEPT)
    once_ever = Q(state=State.SENT, event__in=events.once_ever())
    done.filter(once_ever).exclude(mailbox="").update(mailbox="")
    done = done.exclude(once_ever)
    pks = list(done.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return Delivery.objects.filter(pk__in=pks).delete()[0]


def back_off(attempts: int) -> timedelta:
    delay = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return delay * random.uniform(0.8, 1.0)  # noqa: S311 -- spreads workers, guards nothing


@transaction.atomic
def report_alive(name: str) -> None:
    """Record that a worker is running, and forget workers that are gone."""
    now = timezone.now()
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - WORKER_FORGOTTEN_AFTER).delete()


def _anew() -> dict[str, object]:
    """Return the fields of a row that has not been tried yet. Its Message-ID stays, and so do its drops."""
    now = timezone.now()
    return {
        "state": State.WAITING,
        "due_at": now,
        "wanted_since": now,
        "attempts": 0,
        "has_turn": False,
        "finished_at": None,
        "told_in": None,
        "lease_until": None,
        "lease_holder": None,
    }


@transaction.atomic
def _finish(delivery: Delivery, state: State, answer: str, **fields: object) -> bool:
    written = _write(delivery, state=state, last_answer=answer[:120], finished_at=timezone.now(), **fields)
    if written and state in FINISHED_WELL:
        events.call_over(delivery.event, delivery.subject_id, delivery.recipient)
    return written


def _later(delivery: Delivery, answer: str, **fields: object) -> bool:
    fields = {"due_at": timezone.now() + back_off(delivery.attempts), **fields}
    return _write(delivery, last_answer=answer[:120], has_turn=False, **fields)


def _untried(delivery: Delivery, **fields: object) -> bool:
    return _write(delivery, attempts=F("attempts") - 1, **fields)


def _write(delivery: Delivery, **fields: object) -> bool:
    """Write only while the lease is still ours: a worker that was presumed dead changes nothing."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING, lease_holder=delivery.lease_holder)
    return bool(mine.update(lease_until=None, lease_holder=None, **fields))

"""What can happen to an outbox row. The only code that writes one."""

import random
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from cms.outbox import events, queries
from cms.outbox.chores import BATCH
from cms.outbox.models import Delivery, Refusal, State, Worker
from cms.prepared import insert

LEASE = timedelta(minutes=2)
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
MAX_ATTEMPTS = 1000  # about a week
MAX_WRITINGS = 20  # about two hours
MAX_DROPS = 2
WORKER_FORGOTTEN_AFTER = timedelta(days=1)
KEPT = timedelta(days=30)
FINISHED_WELL = frozenset({State.SENT, State.SUPPRESSED})


class OutsideTransactionError(RuntimeError):
    """A row was queued without the change that causes it."""


def queue(event: str, subject_id: int, recipient: str) -> None:
    """
    Promise one delivery, once for each event, subject and recipient; again only if nothing came of it before.

    Raises OutsideTransactionError: a promise and its cause are committed together or not at all.
    """
    if not connection.in_atomic_block:
        raise OutsideTransactionError(event)
    fields = {"event": event, "subject_id": subject_id, "recipient": recipient}
    if insert(Delivery(**fields), ignore_conflicts=True):
        return
    came_to_nothing = Delivery.objects.filter(**fields, state=State.SUPPRESSED)
    came_to_nothing.update(**_anew())


def claim() -> Delivery | None:
    """Take the row that has been due longest, for as long as the lease lasts."""
    for pk in Delivery.objects.due().values_list("pk", flat=True)[:10]:
        holder = uuid.uuid4()
        lease = {"lease_until": timezone.now() + LEASE, "lease_holder": holder, "attempts": F("attempts") + 1}
        if Delivery.objects.due().filter(pk=pk).order_by().update(**lease):
            return Delivery.objects.get(pk=pk)
    return None


def sent(delivery: Delivery) -> bool:
    return _finish(delivery, State.SENT, "accepted")


def suppress(delivery: Delivery) -> bool:
    """Nothing to say any more, or nobody to say it to."""
    return _finish(delivery, State.SUPPRESSED, "")


def refused(delivery: Delivery, why: Refusal, answer: str) -> bool:
    """Write down one of the refusals, each in its way."""
    if why == Refusal.FOR_NOW:
        return refused_for_now(delivery, answer)
    if why == Refusal.MAILBOX:
        return mailbox_takes_nothing(delivery, answer)
    if why == Refusal.DROPPED:
        return dropped(delivery, answer)
    return refused_for_good(delivery, answer, why=why)


def refused_for_good(delivery: Delivery, answer: str, *, why: Refusal = Refusal.FOR_GOOD) -> bool:
    return _finish(delivery, State.FAILED, answer, refusal=why)


def refused_for_now(delivery: Delivery, answer: str) -> bool:
    """Try again later and later, never later than LONGEST_DELAY, with jitter so that workers spread out."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return refused_for_good(delivery, answer)
    return _later(delivery, answer, refusal=Refusal.FOR_NOW)


def mailbox_takes_nothing(delivery: Delivery, answer: str) -> bool:
    """Try again as often, but let it be no sign that the queue is late: only its recipient is in the way."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return refused_for_good(delivery, answer, why=Refusal.MAILBOX)
    due_at = timezone.now() + back_off(delivery.attempts)
    return _later(delivery, answer, due_at=due_at, wanted_since=due_at, refusal=Refusal.MAILBOX)


def dropped(delivery: Delivery, answer: str) -> bool:
    """
    The whole mail was with the server when it went away: perhaps it was taken, perhaps not.

    It is sent once more, with the same Message-ID. After that a member of staff decides, each time anew: who
    got it twice already shall not get it a thousand times.
    """
    drops = delivery.drops + 1
    if drops >= MAX_DROPS:
        return _finish(delivery, State.FAILED, answer, refusal=Refusal.DROPPED, drops=drops)
    return _later(delivery, answer, refusal=Refusal.DROPPED, drops=drops)


def unwritten(delivery: Delivery, answer: str) -> bool:
    """Something unforeseen is wrong with this row. It may be mended soon; it is not tried for ever."""
    if delivery.attempts >= MAX_WRITINGS:
        return refused_for_good(delivery, answer, why=Refusal.UNWRITTEN)
    return _later(delivery, answer, refusal=Refusal.UNWRITTEN)


def postpone(delivery: Delivery, until: datetime) -> bool:
    """It may not be said yet: look again then. That was no attempt to send."""
    return _untried(delivery, due_at=until, wanted_since=until)


def take_turn(delivery: Delivery, turn: datetime) -> bool:
    """Let it wait in its domain's line. False when it is its turn already."""
    return turn > timezone.now() and _untried(delivery, due_at=turn, has_turn=True)


def put_back(delivery: Delivery) -> bool:
    """Leave it to whoever comes next, as if nobody had taken it."""
    return _untried(delivery)


def send_again(delivery: Delivery) -> bool:
    """Put a failed row back in the queue. False when it is not failed."""
    return bool(Delivery.objects.filter(pk=delivery.pk, state=State.FAILED).update(**_anew()))


@transaction.atomic
def give_up(delivery: Delivery) -> bool:
    """Want it no more. False when it has ended already, or is being delivered at this moment."""
    open_ones = Delivery.objects.free().filter(state__in=(State.WAITING, State.FAILED))
    given_up = open_ones.filter(pk=delivery.pk).update(
        state=State.SUPPRESSED, finished_at=timezone.now(), lease_until=None, lease_holder=None
    )
    if given_up:
        events.tell_over(delivery.event, delivery.subject_id, delivery.recipient)
    return bool(given_up)


def forget(event: str, subject_ids: list[int]) -> int:
    """Drop the rows of subjects that are no more."""
    return Delivery.objects.filter(event=event, subject_id__in=subject_ids).delete()[0]


def forget_about(family: str, subject_ids: list[int]) -> int:
    """Drop the rows of subjects that are no more, whichever event of the family ("comment.") they tell."""
    return queries.about(family, subject_ids).delete()[0]


def forget_recipients(recipients: list[str]) -> int:
    """Drop the rows to recipients that are no more."""
    return Delivery.objects.filter(recipient__in=recipients).delete()[0]


def readdress(before: str, after: str) -> None:
    """Two recipients turned out to be one. What the other one was promised already is not promised twice."""
    for pk in Delivery.objects.filter(recipient=before).values_list("pk", flat=True):
        row = Delivery.objects.filter(pk=pk)
        try:
            with transaction.atomic():
                row.update(recipient=after)
        except IntegrityError:
            row.delete()


def forget_finished() -> int:
    """Drop a batch of rows that ended well, and long enough ago. A failed one stays until it is seen to."""
    done = Delivery.objects.filter(state__in=FINISHED_WELL, finished_at__lt=timezone.now() - KEPT)
    pks = list(done.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return Delivery.objects.filter(pk__in=pks).delete()[0]


def back_off(attempts: int) -> timedelta:
    delay = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return delay * random.uniform(0.8, 1.0)  # noqa: S311 -- spreads workers, guards nothing


@transaction.atomic
def report_alive(name: str) -> None:
    """Leave word that a worker is looking, and forget workers that are gone."""
    now = timezone.now()
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - WORKER_FORGOTTEN_AFTER).delete()


def _anew() -> dict[str, object]:
    """The fields of a row that nobody has tried yet. Its Message-ID stays, and so do its drops."""
    now = timezone.now()
    return {
        "state": State.WAITING,
        "due_at": now,
        "wanted_since": now,
        "attempts": 0,
        "has_turn": False,
        "finished_at": None,
        "lease_until": None,
        "lease_holder": None,
    }


@transaction.atomic
def _finish(delivery: Delivery, state: State, answer: str, **fields: object) -> bool:
    written = _write(delivery, state=state, last_answer=answer[:120], finished_at=timezone.now(), **fields)
    if written and state in FINISHED_WELL:
        events.tell_over(delivery.event, delivery.subject_id, delivery.recipient)
    return written


def _later(delivery: Delivery, answer: str, **fields: object) -> bool:
    fields = {"due_at": timezone.now() + back_off(delivery.attempts), **fields}
    return _write(delivery, last_answer=answer[:120], has_turn=False, **fields)


def _untried(delivery: Delivery, **fields: object) -> bool:
    return _write(delivery, attempts=F("attempts") - 1, **fields)


def _write(delivery: Delivery, **fields: object) -> bool:
    """Write only while the lease is still ours: a worker that was thought dead changes nothing."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING, lease_holder=delivery.lease_holder)
    return bool(mine.update(lease_until=None, lease_holder=None, **fields))

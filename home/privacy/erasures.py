"""
Erasures, carried out in pieces: an erasure is accepted when it is written down, and then it is finished.

Each piece is a transaction of its own, so that others write between two. Whoever asked carries out the first
ones; the worker goes on with what is left, also after a process has died.
"""

import math
import time
from collections import Counter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from blog.comments.models import ReaderComment
from blog.comments.privacy import personal_data as comments
from cms import vault
from cms.credentials.staff import Staff
from cms.invitations import privacy as invitations
from cms.outbox import privacy as outbox
from home.contact import privacy as contact
from home.contact.models import ContactMessage
from home.models import Erasure
from home.privacy import records

ERASED = "privacy.erase"
TURN = 5.0  # seconds the worker spends on one before it looks at its mail


class Erased(NamedTuple):
    """How many rows of which kind are gone so far, and whether that is all."""

    counts: Counter[str]
    finished: bool


def accept(address: str, asked_by: Staff | None, *, keep_text: bool) -> Erasure:
    sealed = vault.seal(address)
    return Erasure.objects.create(sealed_address=sealed, asked_by=asked_by, keep_text=keep_text)


def waiting() -> QuerySet[Erasure]:
    return Erasure.objects.select_related("asked_by").order_by("pk")


def go_on(erasure: Erasure, *, seconds: float = math.inf) -> Erased:
    """Carry out the pieces that are begun within a time, unless another process is at it."""
    until, found = time.monotonic() + seconds, Erased(Counter(erasure.counts), finished=False)
    while not found.finished:
        done = _piece(erasure.pk)
        if done is None:
            return found._replace(finished=not Erasure.objects.filter(pk=erasure.pk).exists())
        found = done
        if time.monotonic() >= until:
            break
    return found


def go_on_with_all() -> None:
    """Raises AddressUnreadableError for one whose key is gone, once the others have had their turn."""
    unreadable = None
    for erasure in waiting():
        try:
            go_on(erasure, seconds=TURN)
        except vault.AddressUnreadableError as error:
            unreadable = error
    if unreadable:
        raise unreadable


@transaction.atomic
def _piece(pk: int) -> Erased | None:
    """None where it is finished, or another process is at it."""
    erasure = Erasure.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if erasure is None:
        return None
    counts = Counter(erasure.counts)
    finished = not _erase_some(erasure, counts) and _erase_rest(erasure.address, counts)
    if finished:
        records.count(ERASED, erasure.asked_by, {**counts, "words kept": int(erasure.keep_text)})
        erasure.delete()
        transaction.on_commit(_empty_journal, robust=True)  # SQLite empties it in time
    else:
        Erasure.objects.filter(pk=pk).update(counts=counts)
    return Erased(counts, finished)


def _erase_some(erasure: Erasure, counts: Counter[str]) -> bool:
    """Erase a batch of what there may be much of. Return False when there is none."""
    some, pks = comments.erase_some(erasure.address, keep_text=erasure.keep_text)
    counts.update(some)
    gone: records.Kept = {ReaderComment: pks}
    if not pks:
        some, pks = contact.erase_some(erasure.address)
        counts.update(some)
        gone = {ContactMessage: pks}
    counts["log entries"] += records.empty(gone)
    return bool(pks)


def _erase_rest(address: str, counts: Counter[str]) -> bool:
    """Erase what is left. Return False if a comment has arrived meanwhile."""
    kept = records.kept(address)
    gone = comments.erase_readers(address)
    if gone is None:
        return False
    for part in (gone, outbox.erase(address), invitations.erase(address)):
        counts.update(part)
    counts["log entries"] += records.empty(kept)
    return True


def _empty_journal() -> None:
    """Remove replaced pages from SQLite's journal, which keeps them until it is next emptied."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

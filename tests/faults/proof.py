"""What must be true at the end: everything acknowledged is there once, and so is all that follows from it."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from blog.comments.models import Decision, ReaderComment, Revision, Subscription, Token
from blog.comments.notifications.notices import HELD
from blog.comments.notifications.subscribing import CONFIRM
from cms.outbox.models import Delivery, State
from home.contact import retention, store
from home.contact.mail import RECEIVED
from home.contact.models import Attachment, ContactMessage, MessageRecipient
from tests.faults.posts import Post
from tests.faults.readers import Readers
from tests.smtp_peer import SmtpPeer


def wrongs(readers: Readers, peer: SmtpPeer, workers_killed: int) -> list[str]:
    """Return every broken promise in words; none is the proof."""
    return [
        *readers.refused,
        *_comments(readers.acknowledged),
        *_messages(readers.acknowledged),
        *_files(readers.acknowledged),
        *_deliveries(),
        *_mails(peer, workers_killed),
    ]


def let_leases_end() -> None:
    """As if two minutes had passed: what a killed worker had taken is free again."""
    Delivery.objects.filter(state=State.WAITING).update(
        lease_until=timezone.now() - timedelta(seconds=1), due_at=timezone.now()
    )


def _comments(acknowledged: dict[int, int | None]) -> Iterator[str]:
    posts = {number: Post(number) for number in acknowledged if not Post(number).is_message}
    stored = list(ReaderComment.objects.values_list("comment", "pk"))
    yield from _differ("comments", [post.words for post in posts.values()], [words for words, _ in stored])
    ids = dict(stored)
    for number, post in posts.items():
        if ids.get(post.words) != acknowledged[number]:
            yield f"comment {number} was acknowledged with another id"
    pks = list(ids.values())
    yield from _differ("decisions", pks, Decision.objects.values_list("comment_id", flat=True))
    yield from _differ("revisions", pks, Revision.objects.values_list("comment_id", flat=True))
    tokens = Token.objects.filter(purpose=Token.Purpose.AUTHOR).values_list("comment_id", flat=True)
    yield from _differ("comments with a token", pks, set(tokens))
    asked = [ids.get(post.words) for post in posts.values() if post.notify]
    yield from _differ("subscriptions", asked, Subscription.objects.values_list("comment_id", flat=True))
    yield from _differ("confirmations in the outbox", asked, _subjects(CONFIRM))
    if not set(_subjects(HELD)) & set(pks):
        yield "no moderator was told of the first held comment"


def _messages(acknowledged: dict[int, int | None]) -> Iterator[str]:
    sent = [Post(number).words for number in acknowledged if Post(number).is_message]
    stored = list(ContactMessage.objects.values_list("pk", "fields"))
    yield from _differ("messages", sent, [fields[-1][1] for _, fields in stored])
    pks = [pk for pk, _ in stored]
    yield from _differ("recipients", pks, MessageRecipient.objects.values_list("message_id", flat=True))
    yield from _differ("messages in the outbox", pks, _subjects(RECEIVED))


def files_without_a_row() -> int:
    """Return how many files a killed server left behind, or one whose disk was full."""
    return len(_on_disk()) - Attachment.objects.count()


def _files(acknowledged: dict[int, int | None]) -> Iterator[str]:
    """Each is there whole, with its message; what has no row goes with the worker's broom, a day later."""
    sent = [(Post(number).words, _digest(file)) for number in acknowledged for file in Post(number).files]
    rows = list(Attachment.objects.values_list("message__fields", "stored_as"))
    yield from _differ("files", sent, [(fields[-1][1], _digest(store.read(name))) for fields, name in rows])
    for file in _on_disk():
        os.utime(file, (time.time() - store.ORPHAN_AFTER - 1,) * 2)
    retention.purge()
    yield from _differ("files on the disk", [name for _, name in rows], [file.name for file in _on_disk()])


def _on_disk() -> list[Path]:
    folder = Path(settings.DATA_DIR, "attachments")
    return list(folder.iterdir()) if folder.is_dir() else []


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else "lost"


def _deliveries() -> Iterator[str]:
    for delivery in Delivery.objects.exclude(state=State.SENT):
        yield f"delivery {delivery.pk} ({delivery.event}) is {delivery.state}: {delivery.last_answer}"


def _mails(peer: SmtpPeer, workers_killed: int) -> Iterator[str]:
    """A mail comes twice only when a worker died with it in hand; it then has the same Message-ID."""
    copies = Counter(mail["Message-ID"].strip("<>").partition("@")[0] for mail in peer.mails)
    attempts = {str(row.message_id): row.attempts for row in Delivery.objects.all()}
    yield from _differ("mails", list(attempts), set(copies))
    for message_id, number in copies.items():
        if number > attempts.get(message_id, 0):
            yield f"mail {message_id} came {number} times in {attempts.get(message_id, 0)} attempts"
    repeats = sum(copies.values()) - len(copies)
    if repeats > workers_killed:
        yield f"{repeats} mails came again, but {workers_killed} workers were killed"


def _subjects(event: str) -> list[int]:
    return list(Delivery.objects.filter(event=event).values_list("subject_id", flat=True))


def _differ(what: str, wanted: Iterable[object], found: Iterable[object]) -> Iterator[str]:
    wanted, found = Counter(wanted), Counter(found)
    if missing := wanted - found:
        yield f"{missing.total()} {what} are missing: {_some(missing)}"
    if too_many := found - wanted:
        yield f"{too_many.total()} {what} are too many: {_some(too_many)}"


def _some(counted: Counter) -> str:
    return ", ".join(str(each) for each in list(counted)[:3])

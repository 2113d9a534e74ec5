"""Stores a new message and queues its mail, or finds the message that it repeats."""

from datetime import timedelta
from typing import Protocol

from django.utils import timezone

from cms import vault
from cms.outbox import digests, questions
from cms.outbox import queries as outbox_queries
from cms.webhooks import announcing, events, things
from cms.webhooks.announcing import Thing
from home.contact import copies, mail, store
from home.contact.models import Attachment, ContactMessage, MessageCopy, MessageRecipient
from home.contact.sent import SentMessage
from home.contact.states import State, judge

A_REPEAT_WITHIN = timedelta(hours=24)


class Addressed(Protocol):
    """The page a message was sent from."""

    pk: int
    title: str


class KeyReusedError(Exception):
    """The same Idempotency-Key was used with a different message."""


def earlier(page_id: int, sent: SentMessage) -> ContactMessage | None:
    """
    Return the message that this one repeats: by its key, or the same words within the last day.

    The same question a week later is a new question. Raises KeyReusedError.
    """
    same_words = sent.words_key(page_id)
    if key := sent.client_key(page_id):
        keyed = ContactMessage.objects.filter(idempotency_key=key).first()
        if keyed and keyed.words_key != same_words:
            raise KeyReusedError
        if keyed:
            return keyed
    lately = timezone.now() - A_REPEAT_WITHIN
    return ContactMessage.objects.filter(words_key=same_words, submitted_at__gt=lately).first()


def keep(page: Addressed, sent: SentMessage, staff: list[str]) -> ContactMessage:
    """
    Store a message with a row in the outbox for each member of staff.

    Raises IntegrityError if the same message was stored first.
    """
    long_ago = timezone.now() - A_REPEAT_WITHIN
    same = ContactMessage.objects.filter(words_key=sent.words_key(page.pk), submitted_at__lte=long_ago)
    same.update(words_key=None)
    message = _insert(page, sent)
    _keep_files(message, sent)
    for address in dict.fromkeys(staff):
        MessageRecipient.objects.create(message=message, sealed_address=vault.seal(address))
    if sent.wants_copy:
        MessageCopy.objects.create(message=message)
    if message.state != State.SPAM:
        promise_mail(message)
    return message


def promise_mail(message: ContactMessage) -> None:
    """
    Queue the mail about a message for each recipient, once; and where a copy is wanted, the question to the
    visitor.

    Whether the question is asked is decided when the mail is written.
    """
    announcing.announce(events.MESSAGE_RECEIVED, lambda: _things(message))
    for row in message.recipients.order_by("pk"):
        digests.queue(mail.RECEIVED, message.pk, f"recipient:{row.pk}", address=row.address)
    if copy := MessageCopy.objects.filter(message=message, confirmed_at=None).first():
        questions.queue(copies.CONFIRM, message.pk, copy.recipient, address=message.reply_address)


def _things(message: ContactMessage) -> list[Thing]:
    """Name a message for webhooks, once: nothing of what it says or who sent it."""
    if outbox_queries.about(mail.EVENTS, [message.pk]).exists():
        return []
    page = message.page
    data = {"id": message.pk, "page": things.name(page) if page else None}
    return [Thing(data, things.site_of(page) if page else None)]


def _keep_files(message: ContactMessage, sent: SentMessage) -> None:
    """Raises OSError when the disk is full: then nothing of the message is stored."""
    if not sent.files:
        return
    names = store.write(file.content for file in sent.files)
    for file, name in zip(sent.files, names, strict=True):
        Attachment.objects.create(
            message=message, name=file.name, kind=file.kind, size=len(file.content), stored_as=name
        )


def _insert(page: Addressed, sent: SentMessage) -> ContactMessage:
    state, reasons = judge(
        honeypot_filled=sent.honeypot_filled, sealed=sent.sealed, seconds_open=sent.seconds_open
    )
    return ContactMessage.objects.create(
        page_id=page.pk,
        page_title=page.title,
        subject=sent.subject,
        name=sent.name,
        sealed_address=vault.seal(sent.address),
        address_index=vault.index(sent.address),
        fields=[list(pair) for pair in sent.fields],
        words="\n".join((sent.name, *(words for _, words in sent.fields))).casefold(),
        state=state,
        reasons=reasons,
        words_key=sent.words_key(page.pk),
        idempotency_key=sent.client_key(page.pk),
    )

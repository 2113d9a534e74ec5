"""A message as it is first written down, with its mail; or the answer to a repeat."""

from datetime import timedelta
from typing import Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from cms import vault
from cms.outbox import actions as outbox
from home.contact import copies, mail, store
from home.contact.models import Attachment, ContactMessage, MessageRecipient
from home.contact.sent import SentMessage
from home.contact.states import State, judge

A_REPEAT_WITHIN = timedelta(hours=24)


class Addressed(Protocol):
    """The page a message was sent from."""

    pk: int
    title: str


class KeyReusedError(Exception):
    """The same Idempotency-Key came with other words."""


def earlier(page_id: int, sent: SentMessage) -> ContactMessage | None:
    """
    Return the message this is a repeat of: by its key, or the same words of the last day.

    Who asks the same thing again a week later is asking again. Raises KeyReusedError.
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
    Keep a message with a row in the outbox for each member of staff; or return the one that was quicker.

    Raises KeyReusedError.
    """
    long_ago = timezone.now() - A_REPEAT_WITHIN
    same = ContactMessage.objects.filter(words_key=sent.words_key(page.pk), submitted_at__lte=long_ago)
    same.update(words_key=None)
    try:
        with transaction.atomic():
            message = _insert(page, sent)
            _keep_files(message, sent)
    except IntegrityError:
        if found := earlier(page.pk, sent):
            return found  # it arrived at the same moment, and the other one was first
        raise
    for address in dict.fromkeys(staff):
        MessageRecipient.objects.create(message=message, sealed_address=vault.seal(address))
    if message.state != State.SPAM:
        promise_mail(message)
        if sent.wants_copy:
            copies.ask(message)
    return message


def promise_mail(message: ContactMessage) -> None:
    """Promise each recipient the mail about a message, once."""
    for pk in message.recipients.order_by("pk").values_list("pk", flat=True):
        outbox.queue(mail.RECEIVED, message.pk, f"recipient:{pk}")


def _keep_files(message: ContactMessage, sent: SentMessage) -> None:
    """Raises OSError when the disk takes no more: nothing of the message is kept then."""
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

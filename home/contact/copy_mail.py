"""The two mails to a visitor: the question whether the address is his, and the copy of his words."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from cms.outbox import events
from cms.outbox.models import Delivery
from home.contact import copies
from home.contact.mail import site_name
from home.contact.models import MessageCopy
from home.contact.states import State


def confirmation_mail(message_id: int, recipient: str) -> EmailMessage | None:
    """
    Ask the owner of an address. Not one byte was written by whoever typed it.

    Raises NotYetError.
    """
    row = Delivery.objects.filter(event=copies.CONFIRM, subject_id=message_id, recipient=recipient).first()
    copy = _wished(message_id).filter(confirmed_at=None).first()
    if row is None or copy is None or copies.is_suppressed(copy.message) or not copies.may_ask(row):
        return None
    link = settings.SITE_URL + reverse("contact_mail:copy", args=[copies.new_secret(copy)])
    return _letter(copy, "Confirm that you want a copy", "confirm", link=link)


def copy_mail(message_id: int, recipient: str) -> EmailMessage | None:
    """Word the copy, for an owner of the address who asked for it twice."""
    copy = _wished(message_id).filter(confirmed_at__isnull=False).first()
    if copy is None or copies.is_suppressed(copy.message):
        return None
    return _letter(copy, f"Copy of your message ({message_id})", "copy", message=copy.message)


def _wished(message_id: int) -> QuerySet[MessageCopy]:
    """The wish that came with a message, unless staff say that it is spam."""
    wishes = MessageCopy.objects.filter(message=message_id).exclude(message__state=State.SPAM)
    return wishes.select_related("message")


def _letter(copy: MessageCopy, subject: str, template: str, **words: Any) -> EmailMessage:
    site = site_name()
    return EmailMessage(
        subject=f"{site}: {subject}",
        body=render_to_string(f"home/contact/email/{template}.txt", {"site_name": site, **words}),
        to=[copy.message.reply_address],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no absence notes, please
    )


events.register(copies.CONFIRM, confirmation_mail)
events.register(copies.COPY, copy_mail)

"""The two mails to a visitor: the question whether the address is theirs, and the copy of their message."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from cms.outbox.letters import Letter, framed
from cms.outbox.models import Delivery
from home.contact import copies
from home.contact.mail import opening_of_copy, site_name
from home.contact.models import MessageCopy
from home.contact.states import State


def confirmation_mail(message_id: int, recipient: str) -> Letter | None:
    """
    Ask the owner of an address. Not one byte comes from the person who typed it.

    Raises NotYetError.
    """
    row = Delivery.objects.filter(event=copies.CONFIRM, subject_id=message_id, recipient=recipient).first()
    copy = _request(message_id).filter(confirmed_at=None).first()
    if (
        row is None
        or copy is None
        or copies.is_suppressed(copy.message)
        or not copies.may_ask(copy.message, row)
    ):
        return None
    link = settings.SITE_URL + reverse("contact_mail:copy", args=[copies.new_secret(copy)])
    return _letter(copy, gettext("%(site)s: Confirm that you want a copy"), "confirm", link=link)


def copy_mail(message_id: int, recipient: str) -> Letter | None:
    """Compose the copy, for an owner of the address who has confirmed the request."""
    copy = _request(message_id).filter(confirmed_at__isnull=False).first()
    if copy is None or copies.is_suppressed(copy.message):
        return None
    opening = opening_of_copy(copy.message)
    subject = gettext("%(site)s: Copy of your message (%(number)s)")
    words = {"message": copy.message, "opening": opening}
    mail = _letter(copy, subject, "copy", **words)
    html = framed("home/contact/email/copy.html", words, subject=str(mail.subject))
    mail.attach_alternative(html, "text/html")
    return mail


def _request(message_id: int) -> QuerySet[MessageCopy]:
    """Return the request that came with a message, unless staff marked it as spam."""
    requests = MessageCopy.objects.filter(message=message_id).exclude(message__state=State.SPAM)
    return requests.select_related("message")


def _letter(copy: MessageCopy, subject: str, template: str, **words: Any) -> Letter:
    site = site_name()
    return Letter(
        subject=subject % {"site": site, "number": copy.message_id},
        body=render_to_string(f"home/contact/email/{template}.txt", {"site_name": site, **words}),
        link=words.get("link", ""),
        to=[copy.message.reply_address],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no absence notes, please
    )

"""The mail that takes a visitor's message to staff."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.models import Site

from cms.outbox import events
from home.contact.models import ContactMessage, MessageRecipient
from home.contact.site_settings import MessageSettings
from home.contact.states import State

EVENTS = "contact."
RECEIVED = "contact.message"


def received_mail(message_id: int, recipient: str) -> EmailMultiAlternatives | None:
    """
    Word the mail to one member of staff; none about spam.

    An answer goes to the visitor; the subject is the site's own.
    """
    row = MessageRecipient.objects.filter(pk=recipient.removeprefix("recipient:"), message_id=message_id)
    found = row.select_related("message__page").first()
    if found is None or found.message.state == State.SPAM:
        return None
    message = found.message
    words = {
        "message": message,
        "with_words": MessageSettings.of(message.page).words_in_mail,
        "files": message.attachments.count(),
        "site_name": site_name(),
        "link": settings.SITE_URL + reverse("home_contact:message", args=[message.pk]),
    }
    mail = EmailMultiAlternatives(
        subject=subject_of(message),
        body=render_to_string("home/contact/email/received.txt", words),
        to=[found.address],
        reply_to=[message.reply_address] if words["with_words"] else None,
    )
    mail.attach_alternative(render_to_string("home/contact/email/received.html", words), "text/html")
    return mail


def subject_of(message: ContactMessage) -> str:
    """Return the site's own words and the subject that was chosen, never the visitor's."""
    about = " ".join(message.subject.split()) or "Message from the contact page"
    return f"{site_name()}: {about} ({message.pk})"


def site_name() -> str:
    site = Site.objects.get(is_default_site=True)
    return " ".join((site.site_name or site.hostname).split())


events.register(RECEIVED, received_mail)

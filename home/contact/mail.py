"""The mail that takes a visitor's message to staff."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.models import Site

from cms.outbox import events
from home.contact.models import ContactMessage, MessageRecipient

RECEIVED = "contact.message"


def received_mail(message_id: int, recipient: str) -> EmailMultiAlternatives | None:
    """Word the mail to one member of staff. An answer goes to the visitor; the subject is the site's own."""
    row = MessageRecipient.objects.filter(pk=recipient.removeprefix("recipient:"), message_id=message_id)
    found = row.select_related("message").first()
    if found is None:
        return None
    message = found.message
    words = {
        "message": message,
        "site_name": site_name(),
        "link": settings.SITE_URL + reverse("home_contact:message", args=[message.pk]),
    }
    mail = EmailMultiAlternatives(
        subject=subject_of(message),
        body=render_to_string("home/contact/email/received.txt", words),
        to=[found.address],
        reply_to=[message.reply_address],
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

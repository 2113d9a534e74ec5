"""The mail that takes a visitor's message to staff."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from cms.brand.names import site_name
from cms.outbox.letters import Letter, framed
from cms.text.cleaning import printable
from cms.text.mail_address import needs_smtputf8
from home.contact.models import ContactMessage, MessageRecipient
from home.contact.site_settings import MessageSettings
from home.contact.states import State

EVENTS = "contact."
RECEIVED = "contact.message"
MOST_LINKS = 50


def received_mail(message_id: int, recipient: str) -> Letter | None:
    """
    Compose the mail to one member of staff; none about spam.

    A reply goes to the visitor; the subject line is the site's own.
    """
    row = MessageRecipient.objects.filter(pk=recipient.removeprefix("recipient:"), message_id=message_id)
    to = row.select_related("message__page").first()
    if to is None or to.message.state == State.SPAM:
        return None
    message = to.message
    direct = not needs_smtputf8(message.reply_address)  # else the servers of staff might refuse the mail
    with_words = MessageSettings.of(message.page).words_in_mail
    words = {
        "opening": opening(message) if with_words else gettext("A message came on %(at)s.") % _when(message),
        "message": message,
        "direct": direct,
        "with_words": with_words,
        "files": message.attachments.count(),
        "site_name": site_name(),
        "link": settings.SITE_URL + reverse("home_contact:message", args=[message.pk]),
    }
    subject = subject_of(message)
    mail = Letter(
        subject,
        render_to_string("home/contact/email/received.txt", words),
        to=[to.address],
        reply_to=[message.reply_address] if with_words and direct else None,
    )
    mail.attach_alternative(framed("home/contact/email/received.html", words, subject=subject), "text/html")
    return mail


def opening(message: ContactMessage) -> str:
    """Say who wrote, when and from where."""
    sentence = gettext("%(name)s wrote on %(at)s from the page “%(page)s”.")
    if message.subject:
        sentence = gettext("%(name)s wrote on %(at)s from the page “%(page)s” about “%(subject)s”.")
    return sentence % {"name": message.name, **_about(message)}


def opening_of_copy(message: ContactMessage) -> str:
    """The same to the one who wrote it."""
    sentence = gettext("This is what you wrote to us on %(at)s from the page “%(page)s”.")
    if message.subject:
        sentence = gettext(
            "This is what you wrote to us on %(at)s from the page “%(page)s” about “%(subject)s”."
        )
    return sentence % _about(message)


def _about(message: ContactMessage) -> dict[str, str]:
    return {"page": message.page_title, "subject": message.subject, **_when(message)}


def _when(message: ContactMessage) -> dict[str, str]:
    return {"at": date_format(timezone.localtime(message.submitted_at), "DATETIME_FORMAT")}


def subject_of(message: ContactMessage) -> str:
    """Return the site's own words and the selected subject, never the visitor's words."""
    about = " ".join(printable(message.subject).split()) or gettext("Message from the contact page")
    return f"{site_name()}: {about} ({message.pk})"


def received_digest(message_ids: list[int], recipient: str) -> tuple[Letter, set[int]] | None:
    """
    Compose one mail about many messages: how many, and a link to each. Not one byte is a visitor's.

    Return None for a single message, which has a mail of its own. Each message has a row for each of its
    recipients; those who share a mailbox count as one person here.
    """
    row = MessageRecipient.objects.filter(pk=recipient.removeprefix("recipient:")).first()
    messages = ContactMessage.objects.exclude(state=State.SPAM).filter(pk__in=message_ids).order_by("pk")
    pks = list(messages.values_list("pk", flat=True))
    if row is None or len(pks) < 2:
        return None
    inbox = settings.SITE_URL + reverse("home_contact:inbox")
    words = {
        "count": len(pks),
        "links": [settings.SITE_URL + reverse("home_contact:message", args=[pk]) for pk in pks[:MOST_LINKS]],
        "more": len(pks) - MOST_LINKS,
        "inbox": inbox,
        "site_name": site_name(),
    }
    body = render_to_string("home/contact/email/digest.txt", words)
    subject = ngettext("%(site)s: %(count)s message", "%(site)s: %(count)s messages", len(pks))
    subject %= {"site": site_name(), "count": len(pks)}
    label = gettext("Open the inbox")
    return Letter(subject, body, to=[row.address], link=inbox, label=label), set(pks)
